//! All the SQL; rows in, hall types out; no rules here.
