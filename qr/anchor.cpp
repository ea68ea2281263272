// placeholder-free start: replaced by real sources
