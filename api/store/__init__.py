"""Keep what is published: releases with their days, and the desk of rulings and reports."""
