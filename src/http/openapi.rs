//! The OpenAPI document: collected from the handlers, finished here (server-independent, problem answers added once), and
//! the page that shows it.

use actix_web::web::{self, ServiceConfig};
use actix_web::{App, HttpResponse, Responder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::SwaggerUi;

use super::middleware::is_public;
use super::problem::ProblemBody;
use super::v1;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Suyuan 溯源",
        version = "1",
        description = "Farm-to-label traceability. Every POST under a subject writes hash-chained records and answers a \
                       receipt. Send `Authorization: Bearer` with an API key or with the token that `/token` gives for it. \
                       Every refusal is a problem (RFC 9457) with a stable slug.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    servers((url = "/", description = "This instance")),
    tags(
        (name = "access", description = "Tokens"),
        (name = "organisations", description = "Who acts"),
        (name = "sites", description = "Plots, packhouses, stores; sprays and inputs"),
        (name = "products", description = "What a GTIN stands for"),
        (name = "batches", description = "Goods, from harvest to label"),
        (name = "laboratory", description = "Samples and results"),
        (name = "shipments", description = "Goods that change hands"),
        (name = "licences", description = "Marks and their use"),
        (name = "keys", description = "Keys by which laboratories and associations sign"),
        (name = "attachments", description = "Photos and documents"),
        (name = "imports", description = "Tables from a spreadsheet"),
        (name = "public", description = "What anybody may read, without credentials")
    ),
    components(schemas(ProblemBody)),
    modifiers(&Problems)
)]
struct Description;

/// Adds what all operations share: the security scheme and the problem answers.
struct Problems;

impl Modify for Problems {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "An API key, or a token; beside each operation what its scope has to hold, if it has one",
        ));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    }
}

/// The whole document, the same on every host.
pub fn document() -> utoipa::openapi::OpenApi {
    let (_, mut document) = App::new()
        .into_utoipa_app()
        .openapi(Description::openapi())
        .service(scope::scope("/api/v1").configure(v1::configure))
        .split_for_parts();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in [("GET", &mut item.get), ("POST", &mut item.post)] {
            if let Some(operation) = operation {
                add_problems(operation, method, path);
            }
        }
    }
    document
}

/// Operations of which each alone is enough to call this; none where it is public.
pub fn needs(operation: &Operation) -> Vec<String> {
    // The type keeps its fields to itself; its JSON is what readers of the document get.
    let told = operation.security.iter().flatten().filter_map(|one| serde_json::to_value(one).ok());
    let names = told.filter_map(|one| one["bearer"].as_array().cloned()).flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn add_problems(operation: &mut Operation, method: &str, path: &str) {
    let mut add = |status: &str, description: &str| {
        let reference = Ref::from_schema_name("ProblemBody");
        let content = ContentBuilder::new().schema(Some(RefOr::Ref(reference))).build();
        let response = ResponseBuilder::new().description(description).content("application/problem+json", content);
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| response.build().into());
    };
    if !is_public(method, path) {
        add("401", "No valid credentials");
        add("403", "The role may not do this");
    }
    add("400", "The request is not well-formed");
    add("404", "Not found, or another organisation's");
    if method == "POST" {
        add("409", "Refused by the state of things");
        add("412", "Somebody else wrote in between");
        add("413", "Too large");
        add("415", "Not a media type that is taken here");
        add("422", "A value is not right");
    }
    add("503", "Busy; Retry-After says when to come back");
}

/// Adds `/api/v1`, `/api/openapi.json` and `/api/docs`.
pub fn configure(config: &mut ServiceConfig) {
    let mut routes = utoipa_actix_web::service_config::ServiceConfig::new(config);
    routes.service(scope::scope("/api/v1").configure(v1::configure));
    config.route("/api/openapi.json", web::get().to(openapi_json));
    config.route("/api/docs", web::get().to(to_docs));
    config.service(SwaggerUi::new("/api/docs/{_:.*}").config(utoipa_swagger_ui::Config::new(["/api/openapi.json"])));
}

async fn openapi_json() -> impl Responder {
    HttpResponse::Ok().insert_header(("Access-Control-Allow-Origin", "*")).json(document())
}

async fn to_docs() -> impl Responder {
    HttpResponse::PermanentRedirect().insert_header(("Location", "/api/docs/")).finish()
}
