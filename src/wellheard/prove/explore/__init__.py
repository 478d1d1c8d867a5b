"""Exploring: a measure by place, group and time, in an address that can be kept and passed on."""
