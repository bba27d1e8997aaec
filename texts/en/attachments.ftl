### Attachments: photos and scans of sheets, goods and receipts.

attachment_too_large = File too large: an attachment has at most 5 MB. Take a smaller photo, or save the scan as a smaller PDF.
attachment_unknown = File not taken: only JPEG, PNG and WebP photos and PDF are, by what is in them and not by name. Take a photo, or save it as PDF.
attachment_damaged = File incomplete: it breaks off in the middle. Take the photo or save it again, and send it once more.
attachment_expands = Picture too large: it has too many pixels, or unpacks to too much. Take it again at a lower resolution, or scan again.
attachment_active = PDF not taken: it has scripts, actions, embedded files or a password in it, or cannot be looked into. Print and photograph it, or scan it again.
attachments_enough = Attachments enough: one place has at most { $limit }. Remove one first, or put several into one PDF.
attachment_not_stored = Attachment not stored: the place where attachments are kept cannot be written now, and nothing was changed. Try again later; if it stays, tell the administrator.
attachment_lost = File of the attachment missing: its entry is there, and its file cannot be read. Ask the administrator to bring it back from the backup.
attachment_unreachable = Attachment not at hand: the place where attachments are kept does not answer; the attachment is still there. Look again later; if it stays, tell the administrator.
attachment_stays = Cannot be removed: it proves something. Who sent it by mistake removes it on the same day; later ask an administrator.
attachments_title = Photos and attachments
attachments_link = Photos and attachments
attachments_goods_link = Photo of the goods
attachments_none = No attachments yet
attachments_none_words = Photos and scans that are sent are listed here.
attachments_untitled = Attachment
attachments_detail = { $kib } KB, sent { $added }
attachments_detail_until = { $kib } KB, sent { $added }, kept until { $until }
attachments_add = Add one
attachments_hint = A photo (JPEG, PNG, WebP) or a PDF, at most 5 MB. Where a photo was taken is removed from it.
attachments_goods_hint = A photo of the goods (JPEG, PNG, WebP), at most 5 MB. People see the newest one when they redeem.
attachments_send = Send
attachments_remove = Remove
attachments_remove_ask = What is removed cannot be brought back.
attachments_remove_confirm = Yes, remove it
attachments_done = { $done ->
    [removed] Removed.
   *[added] Sent.
 }
back_to_thing = {"Back: "}
