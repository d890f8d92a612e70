"""What gateways make of several objects together."""
