### 各文件的句子共用的词。

role = { $role ->
    [volunteer] 储户（志愿者）
    [proxy] 代办人
    [merchant_clerk] 收银员
    [merchant_owner] 店主
    [team_leader] 志愿服务队队长
    [staff] 社区工作人员
    [branch] 支部书记
    [reviewer] 复核员
    [administrator] 管理员
    [auditor] 审计员
   *[ledger_operator] 账务操作员
 }
thing = { $what ->
    [org] 组织
    [calendar] 放假日历
    [year] 年度
    [org_code] 组织代码
    [user] 用户
    [login] 登录名
    [member] 储户
    [household] 家庭户
    [member_number] 储户编号
    [phone] 手机号
    [id_number] 证件号码
    [merchant] 商家
    [offer] 商品或服务
    [activity] 活动
    [service_record] 服务记录
    [certificate] 证明
    [objection] 异议
    [scheme] 积分办法
    [scheme_version] 办法版本
    [proposal] 待复核事项
    [move] 迁移申请
    [link] 登录关联申请
    [sign_up] 报名
    [attendance] 签到
    [role] 角色
    [bank] 银行
    [star] 星级
    [account] 账户
    [award] 积分记录
    [redemption] 兑换
    [statement_line] 结算单明细
    [statement] 结算单
    [webhook] 消息接口
    [channel] 发送方式
    [delivery] 投递
    [second_factor] 第二道验证
    [session] 登录的设备
    [consent] 同意
    [erasure] 注销申请
    [correction] 更正申请
    [feedback] 投诉建议
    [proxy] 代办人
    [goods_sheet] 出入库单
   *[other] { $what }
 }
state = { $state ->
    [valid] 有效
    [replaced] 已换发
    [draft] 草稿
    [published] 已发布
    [submitted] 待审核
    [returned] 已退回
    [rejected] 已驳回
    [notice] 公示中
    [objected] 有异议待裁定
    [pending] 待第二人复核
    [final] 已生效
    [reversed] 已撤销
    [seated] 已报名
    [waiting] 候补
    [released] 活动已取消
    [withdrawn] 已撤回
    [held] 已预留
    [captured] 已交付
    [cancelled] 已取消
    [part_refunded] 部分退货
    [refunded] 已退货
    [issued] 待商家确认
    [disputed] 商家有异议
    [confirmed] 商家已确认
    [approved] 已批准
    [paid] 已付款
    [active] 正常
    [frozen] 已冻结
    [merged] 已合并
    [suspended] 已停用
    [open] 开放
    [paused] 暂停
    [closed] 已关闭
    [in_use] 还有下级、储户、商家、活动或未办完的记录
    [revoked] 已收回
    [has_records] 已有服务记录
    [expired] 已到期
    [household] 家庭户
    [lives_there] 已经在这个组织
    [root] 最上级
    [parent] 目标在它自己的下级里
    [on] 在售
    [off] 已下架
    [upheld] 异议成立
    [dismissed] 异议不成立
    [granted] 已授予
    [due] 等待发送
    [sending] 正在发送
    [sent] 已发出
    [dead] 没发出去
    [unknown] 不知是否发出
    [dropped] 不再发送
    [stopped] 已停用
    [set_up] 已经设好
    [given] 已同意
    [erased] 已注销
    [answered] 已答复
    [not_set_up] 还没有设
    [ended] 已结束
    [unchecked] 待核对
    [booked] 已入账
   *[other] { $state }
 }
amount = { $figure } { $asset ->
    [POINT] 分
    [SCORE] 分
    [LIFETIME] 分终身积分
    [MINUTE] 分钟
    [CNY] 元
   *[other] 件
 }
between = 、
nothing = 无
