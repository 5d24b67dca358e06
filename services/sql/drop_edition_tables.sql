DROP TABLE IF EXISTS edition_row, touched, affected_service, shown, proposed, next_state, ended_state, state_change;
