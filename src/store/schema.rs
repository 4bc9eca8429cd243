//! Tables as diesel sees them: portable types only, the same on every engine.

diesel::table! {
    records (subject, seq) {
        log_index -> BigInt,
        subject -> Binary,
        seq -> BigInt,
        kind -> Text,
        hash -> Binary,
        bytes -> Binary,
    }
}

diesel::table! {
    log_head (id) {
        id -> BigInt,
        next_log_index -> BigInt,
    }
}

diesel::table! {
    log_tiles (level, number) {
        level -> BigInt,
        number -> BigInt,
        hashes -> Binary,
        root -> Binary,
    }
}

diesel::table! {
    log_checkpoints (epoch, size) {
        epoch -> BigInt,
        size -> BigInt,
        note -> Text,
    }
}

diesel::table! {
    openings (subject, seq, field) {
        subject -> Binary,
        seq -> BigInt,
        field -> Text,
        class -> Text,
        salt -> Binary,
        value -> Text,
    }
}

diesel::table! {
    attachments (sha256) {
        sha256 -> Binary,
        media_type -> Text,
        size -> BigInt,
        stored_at -> BigInt,
    }
}

diesel::table! {
    subjects (handle) {
        handle -> Binary,
        kind -> Text,
        home -> Binary,
        head_seq -> BigInt,
        head_hash -> Binary,
        head_recorded_at -> BigInt,
        first_log_index -> BigInt,
        state -> Text,
    }
}

diesel::table! {
    unique_names (scope, name) {
        scope -> Text,
        name -> Text,
        subject -> Binary,
    }
}

diesel::table! {
    batches (home, first_log_index) {
        home -> Binary,
        first_log_index -> BigInt,
        handle -> Binary,
        product -> Binary,
        gtin -> Text,
        lot -> Text,
        stage -> Text,
        opened_on -> Text,
        stocked -> Nullable<BigInt>,
    }
}

diesel::table! {
    lineage (child, parent) {
        child -> Binary,
        parent -> Binary,
        quantity -> BigInt,
    }
}

diesel::table! {
    grants (subject, organisation) {
        subject -> Binary,
        organisation -> Binary,
        view -> Text,
        first_log_index -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> Binary,
        organisation -> Binary,
        name -> Text,
        secret_hash -> Binary,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        used_at -> Nullable<BigInt>,
        scope -> Nullable<Text>,
    }
}

diesel::table! {
    members (home, id) {
        home -> Binary,
        id -> Binary,
        login -> Text,
        name -> Text,
        kind -> Text,
        password -> Text,
        password_at -> BigInt,
        totp_secret -> Nullable<Binary>,
        totp_step -> Nullable<BigInt>,
        created_at -> BigInt,
        disabled_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        home -> Binary,
        member -> Binary,
        step -> Text,
        agent -> Text,
        created_at -> BigInt,
        used_at -> BigInt,
        proven_at -> BigInt,
        ends_at -> BigInt,
    }
}

diesel::table! {
    invitations (token_hash) {
        token_hash -> Binary,
        home -> Binary,
        member -> Nullable<Binary>,
        kind -> Text,
        name -> Text,
        invited_by -> Nullable<Binary>,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    recovery_codes (home, member, code_hash) {
        home -> Binary,
        member -> Binary,
        code_hash -> Binary,
    }
}

diesel::table! {
    applications (id) {
        id -> Binary,
        kind -> Text,
        name_zh -> Text,
        name_en -> Text,
        uscc -> Text,
        place -> Text,
        contact -> Text,
        cma -> Nullable<Text>,
        cma_until -> Nullable<Text>,
        manager_name -> Text,
        manager_login -> Text,
        created_at -> BigInt,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<Binary>,
        organisation -> Nullable<Binary>,
        refusal -> Nullable<Text>,
    }
}

// The same table, as the door looks at it: diesel knows sixteen columns of one.
diesel::table! {
    #[sql_name = "applications"]
    waiting (id) {
        id -> Binary,
        created_at -> BigInt,
        decided_at -> Nullable<BigInt>,
        source -> Nullable<Binary>,
    }
}

diesel::table! {
    suspensions (home, since) {
        home -> Binary,
        since -> BigInt,
        reason -> Text,
        suspended_by -> Nullable<Binary>,
        lifted_at -> Nullable<BigInt>,
        lifted_by -> Nullable<Binary>,
    }
}

diesel::table! {
    data_reads (home, read_at, id) {
        home -> Binary,
        read_at -> BigInt,
        id -> Binary,
        reader -> Binary,
        member -> Nullable<Binary>,
        what -> Text,
        subject -> Nullable<Binary>,
    }
}

diesel::table! {
    idempotency (organisation, key) {
        organisation -> Binary,
        key -> Text,
        operation -> Text,
        request_hash -> Binary,
        receipt -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    problem_reports (id) {
        id -> Binary,
        gtin -> Text,
        lot -> Text,
        what -> Text,
        story -> Text,
        contact -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    notice_head (id) {
        id -> BigInt,
        next_log_index -> BigInt,
        looked_on -> Text,
    }
}

diesel::table! {
    notices (home, once) {
        home -> Binary,
        once -> Text,
        kind -> Text,
        subject -> Binary,
        about -> Text,
        told_at -> BigInt,
        seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhooks (home, id) {
        home -> Binary,
        id -> Binary,
        url -> Text,
        secret -> Binary,
        created_at -> BigInt,
        ended_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    deliveries (home, webhook, once) {
        home -> Binary,
        webhook -> Binary,
        once -> Text,
        state -> Text,
        attempts -> BigInt,
        next_at -> Nullable<BigInt>,
        last_at -> Nullable<BigInt>,
        outcome -> Nullable<Text>,
    }
}

diesel::joinable!(batches -> subjects (handle));
diesel::allow_tables_to_appear_in_same_query!(batches, subjects, lineage, grants);
diesel::allow_tables_to_appear_in_same_query!(members, sessions);
diesel::allow_tables_to_appear_in_same_query!(deliveries, webhooks, notices);
