"""Every word a patient sends, by whatever road, becomes one Comment here: received once, owned
by somebody within one working day, counted once however many channels carried it."""
