//! The cryptopocket command: demo, sandbox, payments, users, banking and webhooks in a terminal.
