"""Organisation, site, place: where care happens and whose it is."""
