### 账本拒绝记账的理由：分录、预留、账户、幂等键。

idempotency_key_reused = 幂等键已用于另一个请求：与先前的请求在“{ $field }”处不同。请换一个新的 Idempotency-Key。
key_spent = 幂等键早已用过：第 { $entry } 号分录就是它记的，当时的回答已按期清理，这次没有再记账。请查看该分录；要另记一笔，请换一个新的 Idempotency-Key。
same_account = 转出与转入是同一账户：第 { $posting } 笔（从 0 数起）。请改其中一个账户。
too_many_postings = 分录太多：一次最多 { $limit } 笔。请分成几次提交。
nothing_to_post = 没有可记的账：请求里没有任何分录。请至少写一笔。
amount_not_positive = 数量必须大于零：第 { $posting } 笔（从 0 数起）。请改成正数。
timeout_without_hold = 只有预留才能设期限：这个请求不是预留。请去掉期限。
period_closed = 账期已结：{ $closed_until } 以前的账不能再记。请用之后的日期，另作更正。
effective_in_future = 生效时间在将来：只能记已经发生的事。请填写现在或以前的时间。
account_not_found = 找不到账户：{ $account } 不存在，或不在您的范围内。请核对编号。
account_exists = 账户已存在：{ $account }。请直接使用它。
reversal_on_hold = 要冲回的正被预留：现在能收回 { $available }，还差 { $missing }，没有办完的兑换占着 { $held }。请先取消那笔兑换，或选“有多少收多少”，其余记为待追回。
owed_less = 超过待追回的数量：最多还能豁免 { $left }。请重新读取后再提。
account_reserved = 待追回账户不能直接收付：{ $account } 只随冲回、退回和豁免变动。请改用那些办法。
hold_not_found = 找不到预留：它不存在，或不在您的范围内。请核对编号。
entry_not_found = 找不到分录：它不存在，或不在您的范围内。请核对编号。
asset_mismatch = 两边的种类不同：第 { $posting } 笔（从 0 数起）的转出与转入账户不是同一种积分或物品。请改账户。
entry_not_reversible = 不能冲回：{ $reason ->
    [is_reversal] 它本身就是冲回。请直接另记一笔
    [no_postings] 它没有分录。无需冲回
    [belongs_to_document] 它属于一份记录、兑换单或结算单。请在那里更正或退款
    [is_merge] 它把同一个人的两份档案合成了一份。有误的记录请逐笔更正
    [of_groups] 它的分由分组合计得出。请在“发放记录”里撤回这次发放
    [only_whole] 它按次数或时长计分，不能只撤回一部分。请不填分数，整笔撤回
    [is_hold] 它是预留。请取消预留
   *[is_owed] 它抵减或豁免了待追回积分。如要再扣，请另记一笔
 }。
posting_not_found = 没有这一笔：原分录没有第 { $posting } 笔（从 0 数起）。请核对。
changed_meanwhile = 内容刚刚变了：“{ $what }”已被别人修改。请重新读取后再提交。
capture_exceeds_hold = 超过预留：最多还能确认 { $left }。请减少数量。
hold_already_captured = 预留已确认过：不能再确认或取消。如要退回，请作退款。
hold_of_document = 预留属于兑换单：不能单独确认或取消。请在那张兑换单上办理。
hold_voided = 预留已取消：积分已退回。请重新预留。
hold_expired = 预留已过期：积分已退回。请重新预留。
legs_mismatch = 笔数不符：这个预留有 { $legs } 笔，请按顺序为每一笔写一个数量。
account_frozen = 账户已冻结：{ $account } 不能收付。请联系社区工作人员解冻。
account_frozen_at_the_till = 这位储户已冻结：现在不能收付积分。请储户联系社区工作人员解冻后再办。
account_closed = 账户已销户：{ $account } 不能再用。请核对编号。
account_not_empty = 账户还有余额或预留：{ $account } 暂不能销户。请先转出余额、处理完预留。
status_unchanged = 状态没有变化：{ $account } 已经是这个状态。无需再做。
cap_reached = 已到上限：“{ $counter }”限 { $limit }，已用 { $used }，还剩 { $left }。请减少数量，或等下一期。
already_done = 已经做过：{ $kind ->
    [award] “{ $what }”已记过积分
    [star] 这个星级已经授予
    [statement] 结算单已经出过
    [opening] 这位储户的期初余额已经记过
    [year_closing] { $what } 年已经关账
    [proposal] 这一项已经有人同意
   *[other] “{ $what }”只能有一次
 }。请查看已有的记录。
amount_overflow = 数量过大：第 { $posting } 笔（从 0 数起）会超出账户的范围。请减少数量。
insufficient_balance = 余额不够：还有 { $available }，还差 { $missing }。请减少数量，或存够后再来。
insufficient_balance_of_stock = 库存不够：还有 { $available }，还差 { $missing }。请减少数量或换一件。
ceiling_exceeded = 超过账户上限：最多还能存入 { $room }。请减少数量。
reversal_exceeds_original = 超过原来的数量：最多还能冲回 { $left }。请减少数量。
books_closed = 账本暂停写入：系统正在等待检查，查询不受影响。请稍后用同一幂等键重试，或联系管理员。
