"""The demo: one made-up county's day, told through the public doors of the real system."""
