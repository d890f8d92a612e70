"""What workers may do: Cedar policies of policies/actions, checked before any run and asked before every act."""
