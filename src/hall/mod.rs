//! The rules of the hall (pure): departments, staff, items, authorizations, seals, certificates, approvals.
