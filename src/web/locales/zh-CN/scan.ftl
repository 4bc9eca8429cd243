# 扫码页。用语以页面规范为准：句子短，不用官样文字，不用感叹号。

verdict-issued = 本码由本平台签发
verdict-issued-first = 首次查询
verdict-issued-nth = 第 { $n } 次查询
verdict-issued-sentence = 请核对包装与下方信息是否一致。
verdict-issued-nth-sentence = 首次查询：{ $date }，{ $place }。若您刚打开包装却不是首次，请反馈。
verdict-not_activated = 本码尚未启用
verdict-not_activated-sentence = 这张标签还没有用于任何产品。
verdict-voided = 本码已作废
verdict-voided-sentence = 该标签（或该标签段）已作废或已挂失，请勿据此购买。
verdict-held = 该批次暂停销售
verdict-held-sentence = { $reason }。请勿购买或食用。
verdict-recalled = 该批次正在召回
verdict-recalled-sentence = { $reason }。请勿食用，联系 { $contact }。
verdict-licence_ended = 品牌授权无效
verdict-licence_ended-sentence = 包装时该企业无权使用此品牌。
verdict-expired = 已过保质期
verdict-expired-sentence = 保质期至 { $date }。
verdict-unknown = 本平台未签发此码
verdict-unknown-sentence = 请检查字符是否输入正确；如来自包装，请反馈。

hold-test_failed = 检测未通过
hold-under_enquiry = 核查中
hold-discrepancy = 数量核对中：发出的比记录的多
recall-class = { $class ->
    [1] 一级召回
    [2] 二级召回
   *[3] 三级召回
  }，{ $date } 起
place-unknown = 地点不详

scan-as-of = 查询时间 { $time }
scan-code = 序列号
scan-gtin = 商品条码
scan-lot = 批次
scan-title = { $product } · { $verdict }

product-net = 净含量
product-pieces = { $n } 个
product-lot = 批次
product-harvested = 采收日期
product-packed = 包装日期
product-best-before = 保质期至
product-producer = 生产者
product-place = 产地
product-standard = 执行标准
product-sc = 食品生产许可
product-drawing = 示意图，非实物照片
product-photo = 产品照片

brand-licence = 授权号 { $no }
brand-at-packing-yes = 包装时有效
brand-at-packing-no = 包装时无效
brand-today-no = 今日已不在有效期内（至 { $date }）
brand-today-no-undated = 今日已不在有效期内
brand-ran-out-note = 授权在包装之后到期，不影响这件产品。
brand-owner = 品牌所有者

story-heading = 从产地到您手中
story-lot = 原料批次 { $lot }
story-until = 至
story-on-report = 凭报告 { $no }
story-sample = 样品 { $no }
story-recorded = 补记于 { $date }
story-correction-old = 原记
story-correction-new = 现为
story-correction-reason = 原因：{ $reason }
story-held-for = 当时的原因：{ $reason }
story-photo = 现场照片
story-document = 查看附件（PDF）
story-video = 观看视频

tests-heading = 检测结果
tier-screening = 快速检测（筛查）
tier-own = 自行检测
tier-third_party = 第三方定量检测
tier-screening-note = 快速检测只用于筛查，不能代替定量检测。
tests-report = 报告 { $no }
tests-cma = 资质认定（CMA）{ $no }
tests-signed = 由检测机构电子签名。
tests-signed-vouched = 由检测机构电子签名，密钥由{ $by }确认。
tests-sampled = 取样 { $date }
tests-received = 收样 { $date }
tests-issued = 出具 { $date }
tests-method = 方法：{ $method }。
tests-file = 查看报告原件
tests-analyte = 项目
tests-found = 检出 / 限量
tests-share = 占限量
tests-used = 本批用过
tests-over = 超过限量
tests-not-judged = 未判定
tests-below-count = 未检出，或太少测不准：{ $n } 项
tests-below-row = ＜ { $value }（限 { $limit }）
tests-below-row-open = ＜ { $value }（无限量，未判定）
tests-not-judged-note = “未判定”表示没有查到适用的限量，不表示通过。
tests-limits = 限量依据：{ $source }。
tests-replaces = 复检的是报告 { $no }
tests-replaced-by = 已复检，见报告 { $no }
tests-sample-only = 结果只对收到的样品负责。
report-pass = 各项均未超过限量
report-fail = 有项目超过限量
report-not_judged = 未判定
report-negative = 阴性
report-positive = 阳性，须用仪器确认
report-invalid = 结果无效，须重做
tests-none = 这个批次没有公开的检测报告。

treatments-heading = 用药与安全间隔期
treatments-kept = 隔 { $days } 天采收，要求 { $interval } 天
treatments-kept-yes = 已满足
treatments-kept-no = 未满足
verdict-interval = 用药间隔没有满足，见下
treatments-uses = 本季第 { $n } 次，限 { $max } 次

preparation-wp = 可湿性粉剂
preparation-sp = 可溶粉剂
preparation-sc = 悬浮剂
preparation-ec = 乳油
preparation-ew = 水乳剂
preparation-sl = 可溶液剂
preparation-wg = 水分散粒剂

cert-heading = 承诺达标合格证
cert-held = 该批次暂停销售，下面的承诺待核
cert-recalled = 该批次正在召回，下面的承诺待核
cert-product = 产品名称
cert-quantity = 数量（重量）
cert-quantity-gone = 整批 { $all }（其中 { $gone } 已取样、包装或转出）
cert-place = 产地
cert-basis = 承诺依据
cert-promiser = 承诺主体
cert-contact = 联系方式
cert-issued = 开具时间
cert-number = 编号
cert-promise = 我承诺对生产销售的食用农产品：
cert-promise-producer = 未使用禁用农药、兽药及其他化合物；使用的常规农药、兽药残留不超标。
cert-promise-buyer = 已按规定收取并保存该批次农产品承诺达标合格证或者其他质量安全合格证明；未违规使用保鲜剂、防腐剂、添加剂等。
cert-voided = 已于 { $date } 作废：{ $reason }
cert-english = 这是生产者依法作出的承诺，不是检测报告。
basis-quality_control = 质量安全控制符合要求
basis-own_test = 自行检测合格
basis-commissioned_test = 委托检测合格

origin-heading = 产地
origin-sketch = 产地大致位置：{ $place }，北纬 { $lat }°，东经 { $lon }°
origin-sketch-many = { $n } 处产地的大致位置
origin-coarse = 圆圈为大致范围（约 1 公里），不标确切地点。
origin-grower = 种植户 { $name }
origin-altitude = 海拔 { $m }{"\u00A0"}m
origin-area = 面积 { $area }
origin-share = 占本批 { $share }
origin-north = 北

checks-heading = 自己验证
checks-chain-ok = 本批次的记录首尾相连，没有被改动。
checks-chain-bad = 本批次的记录没有首尾相连。请勿据此购买，并请反馈。
checks-history-ok = 所依据的 { $subjects } 个对象（地块、批次、样品、授权等）共 { $records } 条记录，逐条核对一致。
checks-history-bad = 所依据的记录有不一致之处，正在核查。
checks-witnessed-all = 全部记录的日志截至第 { $records } 条，已于 { $at } 得到见证（见证方：{ $by }）；本页的记录都在其中。
checks-witnessed-part = 全部记录的日志截至第 { $records } 条，已于 { $at } 得到见证（见证方：{ $by }）；本页最新的记录在此之后，尚未见证。
checks-witnessed-not = 已请见证方确认全部记录的日志，目前确认的见证方还不够。
checks-limit = 记录不能证明包装内的东西没有被调换。
checks-limit-label = 不能证明
checks-ok-label = 已核对
checks-bad-label = 不一致
checks-download-chain = 下载本批次记录
checks-download-history = 下载全部依据
verify-button = 在本机验证
verify-busy = 正在取记录并核对……
verify-failed = 没有加载成功，请再试
verify-without-script = 允许网页脚本时，这里有一个按钮，可在您自己的设备上验证这些记录。不用脚本，请下载记录，按下面的步骤验证。
checks-how = 怎样在自己的电脑上验证
checks-how-1 = 下载记录文件。每行是一条记录，每条都写着前一条的指纹（SHA-256）。
checks-how-2 = 取得开源程序 suyuan，运行：
checks-how-3 = 输出一句话，退出码 0 表示一致，1 表示不一致。“--head” 后面是最后一条记录的指纹：
checks-how-4 = 不用本平台的程序也行：格式是公开的，任何 SHA-256 工具都能逐条核对。

more-heading = 更多信息
more-buy = 再买一单
more-storage = 贮存
more-contact = 联系电话
more-hotline-12315 = 消费者热线 12315
more-hotline-12316 = 农业服务 12316
more-report = 举报或反馈
notice = 本页不需要登录，不用跟踪 Cookie，也不记录是谁查询了什么。
