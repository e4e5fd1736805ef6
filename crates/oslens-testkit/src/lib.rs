//! What the tests of all oslens crates share.
