"""A scripted morning at goods-in that anyone can watch and take over."""
