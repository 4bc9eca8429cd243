//! The witness' one operation, `POST /add-checkpoint` (C2SP tlog-witness). A service of its own: it shares no route, no store and
//! no key with the records.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::web::{self, Bytes, Data, PayloadConfig, ServiceConfig};
use actix_web::{HttpResponse, HttpServer};

use crate::app::witness::{Refused, Witness};

/// 63 hashes and a note with a hundred signatures are less.
const MAX_BODY: usize = 64 << 10;
const TEXT: &str = "text/plain; charset=utf-8";

pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(MAX_BODY))
        .route("/add-checkpoint", web::post().to(add_checkpoint))
        .route("/key", web::get().to(key))
        .route("/livez", web::get().to(livez));
}

/// Serves until a signal comes.
pub async fn run(listener: TcpListener, witness: Data<Witness>) -> std::io::Result<()> {
    HttpServer::new(move || actix_web::App::new().app_data(witness.clone()).configure(configure))
        .workers(1)
        .client_request_timeout(Duration::from_secs(5))
        .keep_alive(Duration::from_secs(75))
        .shutdown_timeout(10)
        .listen(listener)?
        .run()
        .await
}

/// What is refused is said in one sentence, but for a conflict, whose body the specification fixes.
async fn add_checkpoint(witness: Data<Witness>, body: Bytes) -> HttpResponse {
    let judged = web::block(move || witness.add_checkpoint(&body)).await;
    let refused = match judged {
        Ok(Ok(lines)) => return HttpResponse::Ok().content_type(TEXT).body(lines),
        Ok(Err(refused)) => refused,
        Err(_) => return HttpResponse::ServiceUnavailable().finish(),
    };
    tracing::info!("not cosigned: {refused}");
    let mut answer = match refused {
        Refused::Malformed(_) => HttpResponse::BadRequest(),
        Refused::NotSigned(_) => HttpResponse::Forbidden(),
        Refused::UnknownLog(_) => HttpResponse::NotFound(),
        Refused::OldSize { stored: size } | Refused::SameSize { size } => {
            return HttpResponse::Conflict().content_type("text/x.tlog.size").body(format!("{size}\n"));
        }
        Refused::Proof(_) => HttpResponse::UnprocessableEntity(),
        Refused::Storage(cause) => {
            tracing::error!(%cause, "the witness cannot keep what it cosigns");
            return HttpResponse::ServiceUnavailable().content_type(TEXT).body("The witness cannot store anything.\n");
        }
    };
    answer.content_type(TEXT).body(format!("{refused}\n"))
}

async fn key(witness: Data<Witness>) -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT).body(format!("{}\n", witness.vkey()))
}

async fn livez() -> HttpResponse {
    HttpResponse::Ok().content_type(TEXT).body("ok\n")
}
