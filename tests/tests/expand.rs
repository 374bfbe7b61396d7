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

/// What stands between two marks of something left out stands in the expansion as well, one line after the other.
#[test]
fn the_readme_shows_a_part_of_it() {
    let lines = |text: &'static str| text.lines().map(str::trim).filter(|line| !line.is_empty());
    let expansion: Vec<_> = lines(include_str!("../expand/typical.rs")).collect();
    let readme = include_str!("../../README.md");
    let (_, section) = readme.split_once("## What the derive writes").expect("the section");
    let (_, excerpt) = section.split_once("```rust\n").expect("the excerpt");
    let (excerpt, _) = excerpt.split_once("```").expect("its end");
    let lines: Vec<_> = lines(excerpt).collect();
    for part in lines.split(|line| *line == "// …") {
        assert!(expansion.windows(part.len()).any(|window| window == part), "{part:#?}");
    }
}
