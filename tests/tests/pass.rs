//! What must compile, in `ui/pass/`, as parts of this program.

#![allow(missing_docs, dead_code, unused_qualifications, unreachable_pub)]
#![allow(
    clippy::duplicated_attributes,
    reason = "columns of one type over several attributes, as people write them"
)]

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/pass/", stringify!($name), ".rs"));

            #[test]
            fn runs() {
                main();
            }
        })*

        const CASES: &[&str] = &[$(stringify!($name)),*];
    };
}

cases!(beside_another_resource_trait, every_key, keys_from_a_macro, subresources);

#[test]
fn every_case_is_here() {
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/pass")).expect("the folder");
    let mut files: Vec<_> =
        files.map(|file| file.expect("an entry").file_name().into_string().expect("a plain name")).collect();
    files.sort();
    assert_eq!(files, CASES.iter().map(|case| format!("{case}.rs")).collect::<Vec<_>>());
}
