//! Exchanging an API key for a short token.

use actix_web::post;
use actix_web::web::Json;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::keys;
use crate::auth::token::EXPIRES_IN;
use crate::http::extract::{Authenticated, Proof, State};
use crate::http::problem::Problem;

/// A token for the next quarter of an hour.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenAnswer {
    #[schema(example = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMCJ9.c2ln")]
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    #[schema(example = 900)]
    pub expires_in: i64,
}

/// Exchange an API key for an access token
#[utoipa::path(
    tag = "access",
    responses((status = 200, description = "A token", body = TokenAnswer)),
    security(("bearer" = ["token.read"]))
)]
#[post("/token")]
pub async fn token(app: State, caller: Authenticated) -> Result<Json<TokenAnswer>, Problem> {
    if caller.1 == Proof::Token {
        return Err(Problem::new("unauthorised"));
    }
    let access_token = keys::token(&app, caller.0)?;
    Ok(Json(TokenAnswer { access_token, token_type: "Bearer", expires_in: EXPIRES_IN }))
}
