use resourceful::prelude::*;

#[derive(Resource, Clone, Serialize, Deserialize, JsonSchema)]
#[resource(group = "example.com", version = "v1")]
#[resource(subresource(name = "print", verbs(connect)))]
#[resource(subresource(name = "print", verbs(connect)))]
#[resource(subresource(name = "print-", verbs(connect)))]
#[resource(subresource(name = "a-b", verbs(connect)))]
#[resource(subresource(name = "a--b", verbs(connect)))]
#[resource(subresource(name = "scan", name = "fax", verbs(connect, connect), verbs(connect)))]
struct Note {
    metadata: ObjectMeta,
}

macro_rules! connecter {
    ($($handler:ty),*) => {$(
        impl resourceful::rest::Connecter for $handler {
            const CONNECT_METHODS: &'static [resourceful::rest::http::Method] = &[];

            async fn connect(
                &self,
                _: &RequestContext,
                _: &str,
                _: &ConnectOptions,
                request: resourceful::rest::http::Request<resourceful::rest::ConnectBody>,
            ) -> resourceful::Result<resourceful::rest::http::Response<resourceful::rest::ConnectBody>> {
                Ok(resourceful::rest::http::Response::new(request.into_body()))
            }
        }
    )*};
}

connecter!(NotePrintRest, NoteABRest, NoteScanRest);

fn main() {}
