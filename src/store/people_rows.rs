//! Rows of members, sessions and links.

use diesel::prelude::*;

use super::people::{Invitation, Member, Session, Step};
use super::rows::{digest, handle, instant};
use super::schema::*;
use super::{Damaged, StoreError};
use crate::domain::time::Instant;

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = members, treat_none_as_default_value = false)]
pub struct MemberRow {
    pub home: Vec<u8>,
    pub id: Vec<u8>,
    pub login: String,
    pub name: String,
    pub kind: String,
    pub password: String,
    pub password_at: i64,
    pub totp_secret: Option<Vec<u8>>,
    pub totp_step: Option<i64>,
    pub created_at: i64,
    pub disabled_at: Option<i64>,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
pub struct SessionRow {
    pub token_hash: Vec<u8>,
    pub home: Vec<u8>,
    pub member: Vec<u8>,
    pub step: String,
    pub agent: String,
    pub created_at: i64,
    pub used_at: i64,
    pub proven_at: i64,
    pub ends_at: i64,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct InvitationRow {
    pub token_hash: Vec<u8>,
    pub home: Vec<u8>,
    pub member: Option<Vec<u8>>,
    pub kind: String,
    pub name: String,
    pub invited_by: Option<Vec<u8>>,
    pub created_at: i64,
    pub expires_at: i64,
}

#[derive(Debug, Clone, Insertable, Queryable, Selectable)]
#[diesel(table_name = recovery_codes, treat_none_as_default_value = false)]
pub struct RecoveryCodeRow {
    pub home: Vec<u8>,
    pub member: Vec<u8>,
    pub code_hash: Vec<u8>,
}

impl From<&Member> for MemberRow {
    fn from(member: &Member) -> Self {
        Self {
            home: member.home.as_bytes().to_vec(),
            id: member.id.as_bytes().to_vec(),
            login: member.login.to_string(),
            name: member.name.to_string(),
            kind: member.kind.as_str().to_owned(),
            password: member.password.clone(),
            password_at: member.password_at.millis(),
            totp_secret: member.totp_secret.clone(),
            totp_step: member.totp_step.map(|step| step as i64),
            created_at: member.created_at.millis(),
            disabled_at: member.disabled_at.map(Instant::millis),
        }
    }
}

impl TryFrom<MemberRow> for Member {
    type Error = StoreError;

    fn try_from(row: MemberRow) -> Result<Self, StoreError> {
        Ok(Self {
            home: handle(&row.home)?,
            id: handle(&row.id)?,
            login: row.login.parse().map_err(|cause| Damaged::new("members.login", cause))?,
            name: row.name.parse().map_err(|cause| Damaged::new("members.name", cause))?,
            kind: row.kind.parse().map_err(|cause| Damaged::new("members.kind", cause))?,
            password: row.password,
            password_at: instant(row.password_at)?,
            totp_secret: row.totp_secret,
            totp_step: row.totp_step.map(|step| step as u64),
            created_at: instant(row.created_at)?,
            disabled_at: row.disabled_at.map(instant).transpose()?,
        })
    }
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            token_hash: session.token_hash.as_bytes().to_vec(),
            home: session.home.as_bytes().to_vec(),
            member: session.member.as_bytes().to_vec(),
            step: session.step.as_str().to_owned(),
            agent: session.agent.clone(),
            created_at: session.created_at.millis(),
            used_at: session.used_at.millis(),
            proven_at: session.proven_at.millis(),
            ends_at: session.ends_at.millis(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: digest(&row.token_hash)?,
            home: handle(&row.home)?,
            member: handle(&row.member)?,
            step: Step::of(&row.step).ok_or_else(|| Damaged::new("sessions.step", &row.step))?,
            agent: row.agent,
            created_at: instant(row.created_at)?,
            used_at: instant(row.used_at)?,
            proven_at: instant(row.proven_at)?,
            ends_at: instant(row.ends_at)?,
        })
    }
}

impl From<&Invitation> for InvitationRow {
    fn from(invitation: &Invitation) -> Self {
        Self {
            token_hash: invitation.token_hash.as_bytes().to_vec(),
            home: invitation.home.as_bytes().to_vec(),
            member: invitation.member.map(|member| member.as_bytes().to_vec()),
            kind: invitation.kind.as_str().to_owned(),
            name: invitation.name.to_string(),
            invited_by: invitation.invited_by.map(|member| member.as_bytes().to_vec()),
            created_at: invitation.created_at.millis(),
            expires_at: invitation.expires_at.millis(),
        }
    }
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = StoreError;

    fn try_from(row: InvitationRow) -> Result<Self, StoreError> {
        Ok(Self {
            token_hash: digest(&row.token_hash)?,
            home: handle(&row.home)?,
            member: row.member.as_deref().map(handle).transpose()?,
            kind: row.kind.parse().map_err(|cause| Damaged::new("invitations.kind", cause))?,
            name: row.name.parse().map_err(|cause| Damaged::new("invitations.name", cause))?,
            invited_by: row.invited_by.as_deref().map(handle).transpose()?,
            created_at: instant(row.created_at)?,
            expires_at: instant(row.expires_at)?,
        })
    }
}
