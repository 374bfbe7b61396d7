//! The examples of Resourceful; see `README.md` for their order.
