//! What the derive writes compiles as it stands in `expand/`, and is what the derive writes into this very program.

#![allow(missing_docs, dead_code, unreachable_pub, unused_qualifications)]

use resourceful::Resource;

/// A file after expansion, and the same file before.
macro_rules! expansions {
    ($($name:ident: $kind:ident;)*) => {
        $(mod $name {
            pub(crate) mod expanded {
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/expand/", stringify!($name), ".rs"));
            }
            pub(crate) mod source {
                include!(concat!(env!("CARGO_MANIFEST_DIR"), "/expand/source/", stringify!($name), ".rs"));
            }
        }

        #[test]
        fn $name() {
            assert_eq!($name::expanded::$kind::INFO, $name::source::$kind::INFO);
        })*
    };
}

expansions! {
    minimal: Note;
    typical: FlowerPot;
    everything: Pool;
}
