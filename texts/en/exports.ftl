### Exporting service records.

export_title = Export service records
export_lead = The final records of some days in the fields of the national standard, so that nothing is typed twice.
export_whole = Whole phone and document numbers
export_whole_words = Numbers are masked otherwise. Say why they are needed: it is logged, and each person gets a message.
export_whole_tick = Export whole numbers
export_workbook = Export as Excel workbook
export_csv = Service only (CSV)
export_limit = At most { $limit } records at once.
export_too_long = Too many records: at most { $limit } in one export. Choose fewer days, and export in several parts.
