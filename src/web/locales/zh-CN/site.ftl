# 各页共用的文字、查询页、产品页、生产者页、反馈页。

site-data-from = 本页显示截至 { $time } 的记录，此后的新记录尚未显示。
site-name = 溯源
site-skip = 跳到正文
site-foot = 从产地到标签的公开记录
site-home = 查询其他编码

lookup-title = 查询
lookup-heading = 查一查它从哪里来
lookup-lead = 农产品从产地到标签的公开记录：合作社记，检测机构测，谁都可以查。
lookup-label = 输入标签上的编码、批次、商品条码，或产品、单位的名字
lookup-hint = 编码印在二维码下方。请照原样输入，小写字母也可以。
lookup-button = 查询
lookup-results = 查询结果
lookup-products = 产品
lookup-producers = 生产者
lookup-empty = 还没有公开的产品。
lookup-error-not_found = 没有找到“{ $query }”。请对照包装逐个核对字符；如来自包装，请反馈。
lookup-error-bad_check_digit = “{ $query }”的校验位不对，可能输错了一个数字。请对照条码再输一次。
lookup-error-bad_characters = “{ $query }”里有编码中不会出现的字符。编码只含字母、数字和横线。
lookup-error-too_long = 输入太长。编码不超过 20 个字符，或粘贴标签上的整个网址。
lookup-product-count = { $n } 种产品

bad-title = 这个网址不是有效的编码
bad-heading = 这个网址不是有效的编码
bad-sentence = 可能少了或多了字符。请重新扫描，或在下面输入编码。
bad-typed = 收到的是

product-lots = 批次
product-lots-none = 这个产品还没有公开的批次。
product-gtin = 商品条码
lot-packed = 包装 { $date }
lot-harvested = 采收 { $date }

producer-place = 所在地
producer-code = 统一社会信用代码
producer-households = 种植户
producer-households-n = { $n } 户
producer-area = 面积
producer-phone = 电话
producer-licences = 品牌授权
producer-products = 产品
licence-in-force = 有效
licence-not-in-force = 已失效
licence-span = { $from } 至 { $until }
licence-from = { $from } 起

report-title = 举报或反馈
report-heading = 举报或反馈
report-about = 关于
report-code = 标签上的编码或批号
report-kind = 发生了什么
report-kind-choose = 请选择
report-kind-mismatch = 包装与页面信息不一致
report-kind-looked_up_before = 刚打开包装，却显示已被查询过
report-kind-quality = 质量或安全问题
report-kind-label = 标签破损、被覆盖或看不清
report-kind-other = 其他
report-text = 请说说情况
report-text-hint = 在哪里买的、看到了什么。请不要写身份证号等个人信息。
report-contact = 联系方式
report-contact-hint = 电话或邮箱，只用于答复您这一次。
report-send = 提交反馈
report-error-heading = 请改一处再提交
report-error-kind_missing = 请选择发生了什么。
report-error-text_missing = 请写一两句情况。
report-error-text_too_long = 文字太长，请控制在 2,000 字以内。
report-urgent = 身体不适请先就医。紧急投诉可拨打 12315。

thanks-title = 已收到
thanks-heading = 已收到您的反馈
thanks-sentence = 平台运营方已经收到，会核实处理。
thanks-number = 编号 { $no }
thanks-keep = 请记下编号，保留包装和标签，便于核实。
thanks-back = 回到扫码页
