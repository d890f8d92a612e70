"""Reading what others wrote: states, previews, manifests."""
