-- Release 0.1 posted an award first and closed its proposal after that. Where it was stopped in between, the proposal is
-- closed now by what its entry says; from now on both are one commit.
UPDATE proposals
SET state = 'approved', decided_by = entries.actor_id, decided_at = entries.recorded_at, entry_number = entries.number,
    version = version + 1
FROM entries
WHERE proposals.state = 'open'
  AND entries.bank_id = proposals.bank_id
  AND entries.source = 'proposal/' || lower(
      substr(hex(proposals.id), 1, 8) || '-' || substr(hex(proposals.id), 9, 4) || '-'
      || substr(hex(proposals.id), 13, 4) || '-' || substr(hex(proposals.id), 17, 4) || '-'
      || substr(hex(proposals.id), 21, 12));
