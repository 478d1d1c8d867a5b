"""The ledger of addresses that asked us to stop, kept apart from who they belong to."""
