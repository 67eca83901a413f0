"""Many documents: the same reading over millions of them, on one machine or on a cluster."""
