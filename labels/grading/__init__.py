"""How codes are graded from a picture of their dots: `linear` as ISO/IEC 15416 does, `matrix` as ISO/IEC 15415."""
