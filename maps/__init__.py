"""Draw plans: one self-contained map page, its layers, styles and words."""
