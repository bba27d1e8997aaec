//! Names, phone numbers, identity documents, households.

pub mod consent;
pub mod correction;
pub mod erasure;
pub mod feedback;
pub mod household;
pub mod id_document;
pub mod id_number;
pub mod initials;
pub mod mask;
pub mod person_name;
pub mod personal_number;
pub mod phone;
pub mod proxy;
