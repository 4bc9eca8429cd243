//! API keys, attachments, problem reports: operational rows.

use diesel::prelude::*;

use super::Conn;
use crate::domain::record::{Digest, Handle};
use crate::domain::time::Instant;
use crate::store::rows::{ApiKeyRow, AttachmentRow, ProblemReportRow, digest, handle, instant};
use crate::store::schema::{api_keys, attachments, problem_reports};
use crate::store::{ApiKey, ProblemReport, StoreError, StoredFile};

pub fn add_api_key(conn: &mut Conn, key: &ApiKey) -> Result<(), StoreError> {
    let row = ApiKeyRow {
        id: key.id.as_bytes().to_vec(),
        organisation: key.organisation.as_bytes().to_vec(),
        name: key.name.clone(),
        secret_hash: key.secret_hash.as_bytes().to_vec(),
        created_at: key.created_at.millis(),
        expires_at: key.expires_at.map(Instant::millis),
        revoked_at: key.revoked_at.map(Instant::millis),
        used_at: key.used_at.map(Instant::millis),
        scope: key.scope.clone(),
    };
    diesel::insert_into(api_keys::table).values(&row).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}

pub fn api_key(conn: &mut Conn, secret_hash: Digest) -> Result<Option<ApiKey>, StoreError> {
    let row: Option<ApiKeyRow> = api_keys::table
        .filter(api_keys::secret_hash.eq(secret_hash.as_bytes().as_slice()))
        .select(ApiKeyRow::as_select())
        .first(conn)
        .optional()?;
    row.map(key_of).transpose()
}

pub fn api_keys(conn: &mut Conn, organisation: Option<Handle>) -> Result<Vec<ApiKey>, StoreError> {
    let mut query = api_keys::table.select(ApiKeyRow::as_select()).into_boxed();
    if let Some(organisation) = organisation {
        query = query.filter(api_keys::organisation.eq(organisation.as_bytes().to_vec()));
    }
    let rows: Vec<ApiKeyRow> = query.order((api_keys::created_at, api_keys::id)).load(conn)?;
    rows.into_iter().map(key_of).collect()
}

pub fn revoke_api_key(conn: &mut Conn, id: Handle, at: Instant) -> Result<bool, StoreError> {
    let in_use =
        api_keys::table.filter(api_keys::id.eq(id.as_bytes().as_slice())).filter(api_keys::revoked_at.is_null());
    let changed = diesel::update(in_use).set(api_keys::revoked_at.eq(Some(at.millis()))).execute(conn)?;
    Ok(changed == 1)
}

pub fn touch_api_key(conn: &mut Conn, id: Handle, at: Instant) -> Result<(), StoreError> {
    let one = api_keys::table.find(id.as_bytes().as_slice());
    diesel::update(one).set(api_keys::used_at.eq(Some(at.millis()))).execute(conn)?;
    Ok(())
}

fn key_of(row: ApiKeyRow) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: handle(&row.id)?,
        organisation: handle(&row.organisation)?,
        name: row.name,
        secret_hash: digest(&row.secret_hash)?,
        created_at: instant(row.created_at)?,
        expires_at: row.expires_at.map(instant).transpose()?,
        revoked_at: row.revoked_at.map(instant).transpose()?,
        used_at: row.used_at.map(instant).transpose()?,
        scope: row.scope,
    })
}

pub fn add_attachment(conn: &mut Conn, file: &StoredFile) -> Result<(), StoreError> {
    let row = AttachmentRow {
        sha256: file.sha256.as_bytes().to_vec(),
        media_type: file.media_type.as_str().to_owned(),
        size: file.size as i64,
        stored_at: file.stored_at.millis(),
    };
    diesel::insert_into(attachments::table).values(&row).on_conflict(attachments::sha256).do_nothing().execute(conn)?;
    Ok(())
}

pub fn attachment(conn: &mut Conn, sha256: Digest) -> Result<Option<StoredFile>, StoreError> {
    let row: Option<AttachmentRow> = attachments::table
        .filter(attachments::sha256.eq(sha256.as_bytes().as_slice()))
        .select(AttachmentRow::as_select())
        .first(conn)
        .optional()?;
    row.map(StoredFile::try_from).transpose()
}

pub fn add_problem_report(conn: &mut Conn, report: &ProblemReport) -> Result<(), StoreError> {
    let row = ProblemReportRow::from(report);
    diesel::insert_into(problem_reports::table).values(&row).on_conflict_do_nothing().execute(conn)?;
    Ok(())
}
