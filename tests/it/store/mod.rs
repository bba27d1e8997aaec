mod attachments;
mod backup;
mod copy;
mod full_disk;
mod golden;
mod kill_loop;
mod locale;
mod migrations;
mod object_store;
mod one_file;
#[cfg(feature = "postgres")]
mod partitioned;
#[cfg(feature = "postgres")]
mod postgres_faults;
#[cfg(feature = "postgres")]
mod postgres_opening;
#[cfg(feature = "postgres")]
mod replicas;
mod sending_killed;
#[cfg(feature = "postgres")]
mod several_servers;
