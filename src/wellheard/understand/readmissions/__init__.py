"""Who comes back within 30 days of going home: by rule, by place, beside experience."""
