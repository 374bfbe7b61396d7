//! What the derive says to kube-rs.

use resourceful::Resource as _;
use resourceful::kube_core::{ClusterResourceScope, ObjectMeta, Resource, ResourceExt};
use resourceful_tests_kube::Bird;

#[test]
fn both_see_the_same_kind() {
    fn scope<K: Resource<Scope = ClusterResourceScope>>() {}
    scope::<Bird>();
    assert_eq!(Bird::kind(&()), Bird::INFO.kind);
    assert_eq!(Bird::group(&()), Bird::INFO.group);
    assert_eq!(Bird::version(&()), Bird::INFO.version);
    assert_eq!(Bird::plural(&()), Bird::INFO.plural);
    assert_eq!(Bird::api_version(&()), Bird::INFO.api_version());
    assert_eq!(Bird::url_path(&(), None), "/apis/garden.example.com/v1/geese");
}

#[test]
fn both_see_the_same_metadata() {
    let mut bird = Bird { meta: ObjectMeta { name: Some("martin".into()), ..ObjectMeta::default() } };
    bird.labels_mut().insert("a".into(), "b".into());
    assert_eq!(bird.metadata(), bird.meta());
    bird.metadata_mut().namespace = Some("ns".into());
    assert_eq!((bird.name_any(), bird.namespace()), ("martin".into(), Some("ns".into())));
}
