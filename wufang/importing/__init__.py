"""Import of an agency's table (CSV, XLSX) through its channel's door: mapped, checked, sent, resumable."""
