"""The rules a place works by, as data: one folder a profile, `default` for a place that has set none."""
