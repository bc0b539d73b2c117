import common.migrating
import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [
        ("accounts", "0001_initial"),
        ("accounts", "0002_notices"),
        ("accounts", "0003_proxy_filler"),
        ("accounts", "0004_proceedings"),
        ("accounts", "0005_incident_scope"),
        ("accounts", "0006_assessment_scope"),
        ("accounts", "0007_register_scope"),
        ("accounts", "0008_target_and_policy_scopes"),
    ]

    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("display_name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "用户",
                "verbose_name_plural": "用户",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="用途")),
                ("prefix", models.CharField(max_length=12, unique=True, verbose_name="前缀")),
                ("digest", models.CharField(editable=False, max_length=64)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read", "读取"),
                                ("return.write", "填写和报送报表"),
                                ("return.review", "审核报表、裁定更正"),
                                ("round.write", "管理填报任务"),
                                ("department.write", "导入部门数据"),
                                ("incident.write", "登记事故和问题"),
                                ("assessment.write", "办理考核程序和异议"),
                                ("register.write", "登记台账"),
                                ("target.write", "设定、评判、报告和分解目标"),
                                ("policy.write", "确定政策用语、分解任务和填写进展"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="范围",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销时间")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="最近使用")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_keys",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="持有人",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口密钥",
                "verbose_name_plural": "接口密钥",
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="ApiKeyEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80, verbose_name="用途")),
                ("prefix", models.CharField(max_length=12, verbose_name="前缀")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("read", "读取"),
                                ("return.write", "填写和报送报表"),
                                ("return.review", "审核报表、裁定更正"),
                                ("round.write", "管理填报任务"),
                                ("department.write", "导入部门数据"),
                                ("incident.write", "登记事故和问题"),
                                ("assessment.write", "办理考核程序和异议"),
                                ("register.write", "登记台账"),
                                ("target.write", "设定、评判、报告和分解目标"),
                                ("policy.write", "确定政策用语、分解任务和填写进展"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="范围",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="创建时间")),
                ("expires_at", models.DateTimeField(verbose_name="到期时间")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="吊销时间")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="accounts.apikey",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="持有人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator("^[\\w-]+\\Z", "只能用字母、数字、下划线和连字符。")
                        ],
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="英文名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("office", "联席会议办公室"),
                            ("department", "省直部门"),
                            ("city", "市级办公室"),
                            ("county", "县级办公室"),
                            ("park", "园区管理机构"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="职责",
                    ),
                ),
                (
                    "path",
                    models.CharField(
                        db_collation="C", editable=False, max_length=240, unique=True, verbose_name="路径"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="accounts.organisation",
                        verbose_name="上级机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "机构",
                "verbose_name_plural": "机构",
                "ordering": ["path"],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("park_filler", "园区填报员"),
                            ("park_manager", "园区负责人"),
                            ("proxy_filler", "代填员"),
                            ("county_viewer", "县级查看员"),
                            ("city_reviewer", "市级审核员"),
                            ("department_officer", "部门业务员"),
                            ("office_staff", "联席办工作人员"),
                            ("office_lead", "联席办负责人"),
                            ("administrator", "系统管理员"),
                        ],
                        max_length=24,
                        verbose_name="角色",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "verbose_name": "任职",
                "verbose_name_plural": "任职",
                "constraints": [
                    models.UniqueConstraint(fields=("user", "organisation", "role"), name="membership_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("park_filler", "园区填报员"),
                            ("park_manager", "园区负责人"),
                            ("proxy_filler", "代填员"),
                            ("county_viewer", "县级查看员"),
                            ("city_reviewer", "市级审核员"),
                            ("department_officer", "部门业务员"),
                            ("office_staff", "联席办工作人员"),
                            ("office_lead", "联席办负责人"),
                            ("administrator", "系统管理员"),
                        ],
                        max_length=24,
                        verbose_name="角色",
                    ),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="生效日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="accounts.membership",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="用户",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="机构",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="OrganisationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        validators=[
                            django.core.validators.RegexValidator("^[\\w-]+\\Z", "只能用字母、数字、下划线和连字符。")
                        ],
                        verbose_name="代码",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="名称")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="英文名称")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("office", "联席会议办公室"),
                            ("department", "省直部门"),
                            ("city", "市级办公室"),
                            ("county", "县级办公室"),
                            ("park", "园区管理机构"),
                        ],
                        max_length=12,
                        verbose_name="类型",
                    ),
                ),
                (
                    "duty",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("coordination", "统筹协调"),
                            ("commerce", "商务"),
                            ("science", "科技"),
                            ("customs", "海关"),
                            ("statistics", "统计"),
                            ("taxation", "税务"),
                            ("industry", "工业和信息化"),
                            ("natural_resources", "自然资源"),
                            ("ecology", "生态环境"),
                            ("emergency", "应急管理"),
                        ],
                        max_length=24,
                        verbose_name="职责",
                    ),
                ),
                ("path", models.CharField(db_collation="C", editable=False, max_length=240, verbose_name="路径")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organisation",
                        verbose_name="上级机构",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UserEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("display_name", models.CharField(blank=True, max_length=60, verbose_name="姓名")),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="history",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("round", "填报任务"),
                            ("reminder", "催报"),
                            ("review", "审核"),
                            ("question", "质询"),
                            ("correction", "更正"),
                            ("reconciliation", "核对"),
                            ("assessment", "考核"),
                        ],
                        max_length=16,
                        verbose_name="类型",
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("title", models.CharField(max_length=160, verbose_name="标题")),
                ("title_en", models.CharField(blank=True, max_length=240, verbose_name="英文标题")),
                ("text", models.TextField(blank=True, verbose_name="内容")),
                ("text_en", models.TextField(blank=True, verbose_name="英文内容")),
                ("url", models.CharField(blank=True, max_length=240, verbose_name="去处")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                ("read_at", models.DateTimeField(blank=True, null=True, verbose_name="已读时间")),
                ("mail_wanted", models.BooleanField(default=False, verbose_name="发邮件")),
                ("mailed_at", models.DateTimeField(blank=True, null=True, verbose_name="邮件发出时间")),
                ("mail_error", models.CharField(blank=True, max_length=240, verbose_name="邮件失败原因")),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="收件人",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知",
                "verbose_name_plural": "通知",
                "ordering": ["-created_at", "-id"],
                "indexes": [models.Index(fields=["recipient", "read_at"], name="accounts_no_recipie_47391f_idx")],
                "constraints": [models.UniqueConstraint(fields=("recipient", "key"), name="notice_once")],
            },
        ),
        common.migrating.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_userevent" ("date_joined", "display_name", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."date_joined", NEW."display_name", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."username"); RETURN NULL;',
                    hash="1d0fd18ad9e45532599067464491f1e6a6a4f9bc",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3867c",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."date_joined" IS DISTINCT FROM (NEW."date_joined") OR OLD."display_name" IS DISTINCT FROM (NEW."display_name") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."first_name" IS DISTINCT FROM (NEW."first_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_active" IS DISTINCT FROM (NEW."is_active") OR OLD."is_staff" IS DISTINCT FROM (NEW."is_staff") OR OLD."is_superuser" IS DISTINCT FROM (NEW."is_superuser") OR OLD."last_name" IS DISTINCT FROM (NEW."last_name") OR OLD."username" IS DISTINCT FROM (NEW."username"))',
                    func='INSERT INTO "accounts_userevent" ("date_joined", "display_name", "email", "first_name", "id", "is_active", "is_staff", "is_superuser", "last_name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "username") VALUES (NEW."date_joined", NEW."display_name", NEW."email", NEW."first_name", NEW."id", NEW."is_active", NEW."is_staff", NEW."is_superuser", NEW."last_name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."username"); RETURN NULL;',
                    hash="8d67110040f9266ee6e35436dbe25c1d2d0a3b9e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0e890",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes", NEW."user_id"); RETURN NULL;',
                    hash="dafb32f78e28a7a3282049e5f0e69e5ea8fe50e4",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1ed31",
                    table="accounts_apikey",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="apikey",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."prefix" IS DISTINCT FROM (NEW."prefix") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "accounts_apikeyevent" ("created_at", "expires_at", "id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prefix", "revoked_at", "scopes", "user_id") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."prefix", NEW."revoked_at", NEW."scopes", NEW."user_id"); RETURN NULL;',
                    hash="7ade46339a9ed5570221176e98804ac883f544c2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1c34c",
                    table="accounts_apikey",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="apikeyevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="81decc7750ef48a82b6961d47e10bed8cc804bb5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f8804",
                    table="accounts_apikeyevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_organisationevent" ("code", "duty", "id", "kind", "name", "name_en", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."duty", NEW."id", NEW."kind", NEW."name", NEW."name_en", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="207a86ac1c1dd4f63a2297cf2473d8e168e68bb2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_66a5c",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="organisation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_organisationevent" ("code", "duty", "id", "kind", "name", "name_en", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."code", NEW."duty", NEW."id", NEW."kind", NEW."name", NEW."name_en", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="de855b05bc3d2d5ce30d785c9eaccf3ee759fbe5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_9e5fc",
                    table="accounts_organisation",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_membershipevent" ("id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role", NEW."user_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                    hash="67d259b3eaa412c47554618c9e54631309dc16d1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fc05a",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "accounts_membershipevent" ("id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "user_id", "valid_from", "valid_to") VALUES (NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role", NEW."user_id", NEW."valid_from", NEW."valid_to"); RETURN NULL;',
                    hash="669847c06315bdd4bd031aa2483d1bc4ee30dfe6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_20ab5",
                    table="accounts_membership",
                    when="AFTER",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="membershipevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e1f05704110766345bef638c18be4307af995a77",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_9ee6c",
                    table="accounts_membershipevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="organisationevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="845e2a6e8e1a6335e3e91a32605b9bf35b983db2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4e6f4",
                    table="accounts_organisationevent",
                    when="BEFORE",
                ),
            ),
        ),
        common.migrating.AddTrigger(
            model_name="userevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e9498e73f6fbdf2642fb33fa14189f1ad2382c8",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_45b21",
                    table="accounts_userevent",
                    when="BEFORE",
                ),
            ),
        ),
    ]
