"""What may be asked and measured: versioned instruments, the item bank, the metric catalogue."""
