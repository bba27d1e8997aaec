### 附件：签到表、货品、收据的照片和扫描件。

attachment_too_large = 文件太大：附件最大 5 MB。请拍小一点，或把扫描件存成较小的 PDF。
attachment_unknown = 这种文件不收：只收 JPEG、PNG、WebP 照片和 PDF，看的是内容，不是文件名。请拍成照片，或存成 PDF。
attachment_damaged = 文件不完整：读到一半就断了。请重新拍照或重新保存，再传一次。
attachment_expands = 照片太大：像素太多，或解开后太大。请用较低的分辨率重拍，或重新扫描。
attachment_active = 这份 PDF 不收：里面有脚本、动作、嵌入的文件或口令，或者无法查看。请打印后拍照，或重新扫描成 PDF。
attachments_enough = 附件够了：一处最多 { $limit } 份。请先删去一份，或合成一个 PDF。
attachment_not_stored = 附件没有存下：存放附件的地方现在写不进去，什么都没有改动。请稍后再传；还不行时告诉管理员。
attachment_lost = 附件的文件不见了：登记还在，文件读不出来。请告诉管理员用备份找回。
attachment_unreachable = 附件暂时取不出来：存放附件的地方没有回应，附件还在。请稍后再看；还不行时告诉管理员。
attachment_stays = 不能删除：它是凭证。当天传错的由本人删除，过了当天请找管理员。
attachments_title = 照片和附件
attachments_link = 照片和附件
attachments_goods_link = 货品照片
attachments_none = 还没有附件
attachments_none_words = 传上来的照片和扫描件会列在这里。
attachments_untitled = 附件
attachments_detail = { $kib } KB，{ $added } 传
attachments_detail_until = { $kib } KB，{ $added } 传，保存到{ $until }
attachments_add = 添加一份
attachments_hint = 照片（JPEG、PNG、WebP）或 PDF，最大 5 MB。照片里的拍摄地点等信息会去掉。
attachments_goods_hint = 货品的照片（JPEG、PNG、WebP），最大 5 MB。兑换时大家看到的是最新的一张。
attachments_send = 上传
attachments_remove = 删除
attachments_remove_ask = 删除以后找不回来。
attachments_remove_confirm = 确认删除
attachments_done = { $done ->
    [removed] 已删除。
   *[added] 已上传。
 }
back_to_thing = 返回
