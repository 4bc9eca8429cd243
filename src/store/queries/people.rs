//! Members, sessions, links, recovery codes. What must agree is one transaction; each begins with a write, so that it never has
//! to become one.

use diesel::prelude::*;

use super::Conn;
use crate::domain::people::{Login, MemberId, MemberKind};
use crate::domain::record::{Digest, Handle};
use crate::domain::time::Instant;
use crate::store::StoreError;
use crate::store::people::{Change, Changed, Invitation, Joined, Member, Session};
use crate::store::people_rows::{InvitationRow, MemberRow, RecoveryCodeRow, SessionRow};
use crate::store::rows::digest;
use crate::store::schema::{invitations, members, recovery_codes, sessions};

fn key(handle: &Handle) -> &[u8] {
    handle.as_bytes().as_slice()
}

fn hash(digest: &Digest) -> &[u8] {
    digest.as_bytes().as_slice()
}

pub fn member(conn: &mut Conn, home: Handle, id: MemberId) -> Result<Option<Member>, StoreError> {
    let row: Option<MemberRow> =
        members::table.find((key(&home), key(&id))).select(MemberRow::as_select()).first(conn).optional()?;
    row.map(Member::try_from).transpose()
}

pub fn member_by_login(conn: &mut Conn, login: &Login) -> Result<Option<Member>, StoreError> {
    let row: Option<MemberRow> = members::table
        .filter(members::login.eq(login.as_str()))
        .select(MemberRow::as_select())
        .first(conn)
        .optional()?;
    row.map(Member::try_from).transpose()
}

pub fn members_of(conn: &mut Conn, home: Option<Handle>) -> Result<Vec<Member>, StoreError> {
    let mut query = members::table.select(MemberRow::as_select()).into_boxed();
    if let Some(home) = home {
        query = query.filter(members::home.eq(home.as_bytes().to_vec()));
    }
    let rows: Vec<MemberRow> = query.order((members::created_at, members::id)).load(conn)?;
    rows.into_iter().map(Member::try_from).collect()
}

pub fn add_member(conn: &mut Conn, member: &Member, codes: &[Digest]) -> Result<(), StoreError> {
    conn.transaction(|conn| {
        if insert(conn, member)? {
            add_codes(conn, member.home, member.id, codes)?;
        }
        Ok(())
    })
}

/// `false` where this id or login is there already.
fn insert(conn: &mut Conn, member: &Member) -> Result<bool, StoreError> {
    let row = MemberRow::from(member);
    Ok(diesel::insert_into(members::table).values(&row).on_conflict_do_nothing().execute(conn)? == 1)
}

pub fn join(conn: &mut Conn, member: &Member, invitation: Digest) -> Result<Joined, StoreError> {
    conn.transaction(|conn| {
        if !insert(conn, member)? {
            return Ok(Joined::LoginTaken);
        }
        if diesel::delete(invitations::table.find(hash(&invitation))).execute(conn)? == 0 {
            diesel::delete(members::table.find((key(&member.home), key(&member.id)))).execute(conn)?;
            return Ok(Joined::Gone);
        }
        Ok(Joined::Done)
    })
}

pub fn change_member(conn: &mut Conn, home: Handle, id: MemberId, change: &Change) -> Result<Changed, StoreError> {
    // What would leave nobody is taken back with everything that goes with it.
    let mut left = true;
    let changed = conn.transaction(|conn| {
        if change.ends_a_manager() {
            hold_managers(conn, home)?;
        }
        let who = members::table.find((key(&home), key(&id)));
        let changed = match change {
            Change::Kind(kind) => diesel::update(who).set(members::kind.eq(kind.as_str())).execute(conn)?,
            Change::Disabled(at) => {
                diesel::update(who).set(members::disabled_at.eq(at.map(Instant::millis))).execute(conn)?
            }
            Change::Password { hash, at, .. } => set_password(conn, home, id, hash, *at)?,
            Change::SecondFactor { secret, step, .. } => diesel::update(who)
                .set((members::totp_secret.eq(Some(secret)), members::totp_step.eq(Some(*step as i64))))
                .execute(conn)?,
            Change::NoSecondFactor => diesel::update(who)
                .set((members::totp_secret.eq(None::<Vec<u8>>), members::totp_step.eq(None::<i64>)))
                .execute(conn)?,
        };
        follow(conn, home, id, change)?;
        left = !change.ends_a_manager() || has_manager(conn, home)?;
        if left { Ok(changed == 1) } else { Err(StoreError::from(diesel::result::Error::RollbackTransaction)) }
    });
    match changed {
        Err(_) if !left => Ok(Changed::LastManager),
        Ok(true) => Ok(Changed::Done),
        Ok(false) => Ok(Changed::Nobody),
        Err(error) => Err(error),
    }
}

const MANAGER: &str = MemberKind::Manager.as_str();

/// Two managers who end each other at the same moment wait for each other: rows that are written are locked.
fn hold_managers(conn: &mut Conn, home: Handle) -> Result<(), StoreError> {
    let of_home = members::table.filter(members::home.eq(key(&home)));
    diesel::update(of_home.filter(members::kind.eq(MANAGER))).set(members::kind.eq(MANAGER)).execute(conn)?;
    Ok(())
}

fn has_manager(conn: &mut Conn, home: Handle) -> Result<bool, StoreError> {
    let of_home = members::table.filter(members::home.eq(key(&home)));
    let left = of_home.filter(members::kind.eq(MANAGER)).filter(members::disabled_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(left)).get_result(conn)?)
}

/// What goes with a change.
fn follow(conn: &mut Conn, home: Handle, id: MemberId, change: &Change) -> Result<(), StoreError> {
    match change {
        Change::Kind(kind) if *kind != MemberKind::Manager => withdraw_made_by(conn, home, id)?,
        Change::Kind(_) => {}
        Change::Disabled(at) => {
            if at.is_some() {
                withdraw_made_by(conn, home, id)?;
            }
            end_sessions(conn, home, id, None)?;
            withdraw_resets(conn, home, id)?;
        }
        Change::Password { keep, .. } => {
            end_other_sessions(conn, home, id, *keep)?;
            withdraw_resets(conn, home, id)?;
        }
        Change::SecondFactor { codes, keep, .. } => {
            end_other_sessions(conn, home, id, Some(*keep))?;
            remove_codes(conn, home, id)?;
            add_codes(conn, home, id, codes)?;
        }
        Change::NoSecondFactor => {
            remove_codes(conn, home, id)?;
            end_sessions(conn, home, id, None)?;
        }
    }
    Ok(())
}

fn set_password(conn: &mut Conn, home: Handle, id: MemberId, to: &str, at: Instant) -> Result<usize, StoreError> {
    let who = members::table.find((key(&home), key(&id)));
    Ok(diesel::update(who).set((members::password.eq(to), members::password_at.eq(at.millis()))).execute(conn)?)
}

pub fn reset_password(conn: &mut Conn, link: &Invitation, to: &str, at: Instant) -> Result<bool, StoreError> {
    let Some(id) = link.member else { return Ok(false) };
    conn.transaction(|conn| {
        if diesel::delete(invitations::table.find(hash(&link.token_hash))).execute(conn)? == 0 {
            return Ok(false);
        }
        end_sessions(conn, link.home, id, None)?;
        Ok(set_password(conn, link.home, id, to, at)? == 1)
    })
}

pub fn accept_step(conn: &mut Conn, home: Handle, id: MemberId, step: u64) -> Result<bool, StoreError> {
    let earlier = members::table
        .filter(members::home.eq(key(&home)))
        .filter(members::id.eq(key(&id)))
        .filter(members::totp_step.is_null().or(members::totp_step.lt(step as i64)));
    Ok(diesel::update(earlier).set(members::totp_step.eq(Some(step as i64))).execute(conn)? == 1)
}

pub fn use_recovery_code(conn: &mut Conn, home: Handle, id: MemberId, code: Digest) -> Result<bool, StoreError> {
    let one = recovery_codes::table.find((key(&home), key(&id), hash(&code)));
    Ok(diesel::delete(one).execute(conn)? == 1)
}

pub fn recovery_codes_of(conn: &mut Conn, home: Handle, id: MemberId) -> Result<Vec<Digest>, StoreError> {
    let rows: Vec<Vec<u8>> = recovery_codes::table
        .filter(recovery_codes::home.eq(key(&home)))
        .filter(recovery_codes::member.eq(key(&id)))
        .order(recovery_codes::code_hash)
        .select(recovery_codes::code_hash)
        .load(conn)?;
    rows.iter().map(|row| digest(row)).collect()
}

fn add_codes(conn: &mut Conn, home: Handle, id: MemberId, codes: &[Digest]) -> Result<(), StoreError> {
    for code in codes {
        let row =
            RecoveryCodeRow { home: key(&home).to_vec(), member: key(&id).to_vec(), code_hash: hash(code).to_vec() };
        diesel::insert_into(recovery_codes::table).values(&row).on_conflict_do_nothing().execute(conn)?;
    }
    Ok(())
}

fn remove_codes(conn: &mut Conn, home: Handle, id: MemberId) -> Result<(), StoreError> {
    let all = recovery_codes::table.filter(recovery_codes::home.eq(key(&home)));
    diesel::delete(all.filter(recovery_codes::member.eq(key(&id)))).execute(conn)?;
    Ok(())
}

pub fn add_session(
    conn: &mut Conn,
    session: &Session,
    instead_of: Option<Digest>,
    now: Instant,
) -> Result<(), StoreError> {
    conn.transaction(|conn| {
        diesel::delete(sessions::table.filter(sessions::ends_at.le(now.millis()))).execute(conn)?;
        if let Some(old) = instead_of {
            diesel::delete(sessions::table.find(hash(&old))).execute(conn)?;
        }
        diesel::insert_into(sessions::table).values(&SessionRow::from(session)).execute(conn)?;
        Ok(())
    })
}

pub fn session(conn: &mut Conn, token_hash: Digest) -> Result<Option<(Session, Member)>, StoreError> {
    let rows: Option<(SessionRow, MemberRow)> = sessions::table
        .inner_join(members::table.on(members::home.eq(sessions::home).and(members::id.eq(sessions::member))))
        .filter(sessions::token_hash.eq(hash(&token_hash)))
        .select((SessionRow::as_select(), MemberRow::as_select()))
        .first(conn)
        .optional()?;
    let Some((session, member)) = rows else { return Ok(None) };
    Ok(Some((session.try_into()?, member.try_into()?)))
}

pub fn sessions_of(conn: &mut Conn, home: Handle, member: MemberId) -> Result<Vec<Session>, StoreError> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::home.eq(key(&home)))
        .filter(sessions::member.eq(key(&member)))
        .order((sessions::used_at.desc(), sessions::token_hash))
        .select(SessionRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Session::try_from).collect()
}

pub fn touch_session(conn: &mut Conn, token: Digest, used: Instant, ends: Instant) -> Result<(), StoreError> {
    diesel::update(sessions::table.find(hash(&token)))
        .set((sessions::used_at.eq(used.millis()), sessions::ends_at.eq(ends.millis())))
        .execute(conn)?;
    Ok(())
}

pub fn prove_session(conn: &mut Conn, token_hash: Digest, at: Instant) -> Result<(), StoreError> {
    let one = sessions::table.find(hash(&token_hash));
    diesel::update(one).set(sessions::proven_at.eq(at.millis())).execute(conn)?;
    Ok(())
}

pub fn end_sessions(
    conn: &mut Conn,
    home: Handle,
    member: MemberId,
    which: Option<Digest>,
) -> Result<usize, StoreError> {
    let all = sessions::table.filter(sessions::home.eq(key(&home))).filter(sessions::member.eq(key(&member)));
    Ok(match which {
        Some(token_hash) => diesel::delete(all.filter(sessions::token_hash.eq(hash(&token_hash)))).execute(conn)?,
        None => diesel::delete(all).execute(conn)?,
    })
}

fn end_other_sessions(conn: &mut Conn, home: Handle, member: MemberId, keep: Option<Digest>) -> Result<(), StoreError> {
    let Some(keep) = keep else {
        end_sessions(conn, home, member, None)?;
        return Ok(());
    };
    let all = sessions::table.filter(sessions::home.eq(key(&home))).filter(sessions::member.eq(key(&member)));
    diesel::delete(all.filter(sessions::token_hash.ne(hash(&keep)))).execute(conn)?;
    Ok(())
}

pub fn add_invitation(conn: &mut Conn, invitation: &Invitation) -> Result<(), StoreError> {
    conn.transaction(|conn| {
        let old = invitations::table.filter(invitations::expires_at.le(invitation.created_at.millis()));
        diesel::delete(old).execute(conn)?;
        if let Some(member) = invitation.member {
            withdraw_resets(conn, invitation.home, member)?;
        }
        diesel::insert_into(invitations::table).values(&InvitationRow::from(invitation)).execute(conn)?;
        Ok(())
    })
}

/// Links that somebody made who may make none any more.
fn withdraw_made_by(conn: &mut Conn, home: Handle, member: MemberId) -> Result<(), StoreError> {
    let all = invitations::table.filter(invitations::home.eq(key(&home)));
    diesel::delete(all.filter(invitations::invited_by.eq(key(&member)))).execute(conn)?;
    Ok(())
}

fn withdraw_resets(conn: &mut Conn, home: Handle, member: MemberId) -> Result<(), StoreError> {
    let all = invitations::table.filter(invitations::home.eq(key(&home)));
    diesel::delete(all.filter(invitations::member.eq(key(&member)))).execute(conn)?;
    Ok(())
}

pub fn invitation(conn: &mut Conn, token_hash: Digest) -> Result<Option<Invitation>, StoreError> {
    let row: Option<InvitationRow> =
        invitations::table.find(hash(&token_hash)).select(InvitationRow::as_select()).first(conn).optional()?;
    row.map(Invitation::try_from).transpose()
}

pub fn invitations_of(conn: &mut Conn, home: Handle) -> Result<Vec<Invitation>, StoreError> {
    let rows: Vec<InvitationRow> = invitations::table
        .filter(invitations::home.eq(key(&home)))
        .order((invitations::created_at.desc(), invitations::token_hash))
        .select(InvitationRow::as_select())
        .load(conn)?;
    rows.into_iter().map(Invitation::try_from).collect()
}

pub fn withdraw_invitation(conn: &mut Conn, home: Handle, token_hash: Digest) -> Result<bool, StoreError> {
    let one = invitations::table.find(hash(&token_hash)).filter(invitations::home.eq(key(&home)));
    Ok(diesel::delete(one).execute(conn)? == 1)
}
