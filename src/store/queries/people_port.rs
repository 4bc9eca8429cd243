//! The port of people, for the store of the engine that mounts this folder.

use super::super::Database;
use super::people;
use crate::domain::people::{Login, MemberId};
use crate::domain::record::{Digest, Handle};
use crate::domain::time::Instant;
use crate::store::StoreError;
use crate::store::people::{Change, Changed, Invitation, Joined, Member, People, Session};

impl People for Database {
    fn member(&self, home: Handle, id: MemberId) -> Result<Option<Member>, StoreError> {
        self.read(|conn| people::member(conn, home, id))
    }

    fn member_by_login(&self, login: &Login) -> Result<Option<Member>, StoreError> {
        self.read(|conn| people::member_by_login(conn, login))
    }

    fn members(&self, home: Option<Handle>) -> Result<Vec<Member>, StoreError> {
        self.read(|conn| people::members_of(conn, home))
    }

    fn add_member(&self, member: &Member, codes: &[Digest]) -> Result<(), StoreError> {
        self.write(|conn| people::add_member(conn, member, codes))
    }

    fn join(&self, member: &Member, invitation: Digest) -> Result<Joined, StoreError> {
        self.write(|conn| people::join(conn, member, invitation))
    }

    fn change_member(&self, home: Handle, id: MemberId, change: &Change) -> Result<Changed, StoreError> {
        self.write(|conn| people::change_member(conn, home, id, change))
    }

    fn reset_password(&self, link: &Invitation, hash: &str, at: Instant) -> Result<bool, StoreError> {
        self.write(|conn| people::reset_password(conn, link, hash, at))
    }

    fn accept_step(&self, home: Handle, id: MemberId, step: u64) -> Result<bool, StoreError> {
        self.write(|conn| people::accept_step(conn, home, id, step))
    }

    fn use_recovery_code(&self, home: Handle, id: MemberId, code: Digest) -> Result<bool, StoreError> {
        self.write(|conn| people::use_recovery_code(conn, home, id, code))
    }

    fn recovery_codes(&self, home: Handle, id: MemberId) -> Result<Vec<Digest>, StoreError> {
        self.read(|conn| people::recovery_codes_of(conn, home, id))
    }

    fn add_session(&self, session: &Session, instead_of: Option<Digest>, now: Instant) -> Result<(), StoreError> {
        self.write(|conn| people::add_session(conn, session, instead_of, now))
    }

    fn session(&self, token_hash: Digest) -> Result<Option<(Session, Member)>, StoreError> {
        self.read(|conn| people::session(conn, token_hash))
    }

    fn sessions(&self, home: Handle, member: MemberId) -> Result<Vec<Session>, StoreError> {
        self.read(|conn| people::sessions_of(conn, home, member))
    }

    fn touch_session(&self, token_hash: Digest, used_at: Instant, ends_at: Instant) -> Result<(), StoreError> {
        self.write(|conn| people::touch_session(conn, token_hash, used_at, ends_at))
    }

    fn prove_session(&self, token_hash: Digest, at: Instant) -> Result<(), StoreError> {
        self.write(|conn| people::prove_session(conn, token_hash, at))
    }

    fn end_sessions(&self, home: Handle, member: MemberId, which: Option<Digest>) -> Result<usize, StoreError> {
        self.write(|conn| people::end_sessions(conn, home, member, which))
    }

    fn add_invitation(&self, invitation: &Invitation) -> Result<(), StoreError> {
        self.write(|conn| people::add_invitation(conn, invitation))
    }

    fn invitation(&self, token_hash: Digest) -> Result<Option<Invitation>, StoreError> {
        self.read(|conn| people::invitation(conn, token_hash))
    }

    fn invitations(&self, home: Handle) -> Result<Vec<Invitation>, StoreError> {
        self.read(|conn| people::invitations_of(conn, home))
    }

    fn withdraw_invitation(&self, home: Handle, token_hash: Digest) -> Result<bool, StoreError> {
        self.write(|conn| people::withdraw_invitation(conn, home, token_hash))
    }
}
