"""Early warning over a partition's snapshot: bursts and growth as reports come, seasons week by week."""
