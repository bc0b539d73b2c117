import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from common.migrating import first_province


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0003_versions_and_terms"),
        ("assessments", "0013_measure_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="proceeding",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="proceeding",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="proceeding",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="standingopening",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="standingopening",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="standingopening",
            name="delete_delete",
        ),
        migrations.RemoveConstraint(
            model_name="proceeding",
            name="proceeding_once_a_year",
        ),
        migrations.RemoveConstraint(
            model_name="standingopening",
            name="standing_opening_once",
        ),
        migrations.AddField(
            model_name="proceeding",
            name="region_code",
            field=models.CharField(
                blank=True,
                default=first_province,
                help_text="省级行政区划代码；空白表示不分省",
                max_length=6,
                verbose_name="省",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="proceedingevent",
            name="region_code",
            field=models.CharField(
                blank=True,
                default=first_province,
                help_text="省级行政区划代码；空白表示不分省",
                max_length=6,
                verbose_name="省",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="scheme",
            name="region_code",
            field=models.CharField(
                blank=True,
                default=first_province,
                help_text="省级行政区划代码；空白表示不分省",
                max_length=6,
                verbose_name="省",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="standingopening",
            name="region_code",
            field=models.CharField(
                blank=True,
                default=first_province,
                help_text="省级行政区划代码；空白表示不分省",
                max_length=6,
                verbose_name="省",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="standingopeningevent",
            name="region_code",
            field=models.CharField(
                blank=True,
                default=first_province,
                help_text="省级行政区划代码；空白表示不分省",
                max_length=6,
                verbose_name="省",
            ),
            preserve_default=False,
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (NEW."bulletin_number", NEW."confirmed_at", NEW."confirmed_by_id", NEW."disclosure", NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."minutes", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."publish_at", NEW."region_code", NEW."revision", NEW."run_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."top_n", NEW."window_days", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="60b251d65a76a7464e7db17e52bb4f9fcd2c90b3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e898e",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (NEW."bulletin_number", NEW."confirmed_at", NEW."confirmed_by_id", NEW."disclosure", NEW."finalised_at", NEW."finalised_by_id", NEW."id", NEW."minutes", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."publish_at", NEW."region_code", NEW."revision", NEW."run_id", NEW."status", NEW."submitted_at", NEW."submitted_by_id", NEW."synthetic", NEW."top_n", NEW."window_days", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="676823d08ff2843f5da14afd43c786c5fedf0933",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f0403",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="proceeding",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_proceedingevent" ("bulletin_number", "confirmed_at", "confirmed_by_id", "disclosure", "finalised_at", "finalised_by_id", "id", "minutes", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "publish_at", "region_code", "revision", "run_id", "status", "submitted_at", "submitted_by_id", "synthetic", "top_n", "window_days", "year", "zone_class") VALUES (OLD."bulletin_number", OLD."confirmed_at", OLD."confirmed_by_id", OLD."disclosure", OLD."finalised_at", OLD."finalised_by_id", OLD."id", OLD."minutes", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."publish_at", OLD."region_code", OLD."revision", OLD."run_id", OLD."status", OLD."submitted_at", OLD."submitted_by_id", OLD."synthetic", OLD."top_n", OLD."window_days", OLD."year", OLD."zone_class"); RETURN NULL;',
                    hash="6f32a8f2237482e7d8b35fe6b56887454f011354",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_09a72",
                    table="assessments_proceeding",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (NEW."id", NEW."is_open", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."set_at", NEW."set_by_id", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="097761bb5f60711550caa07b043118d54bea4dff",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7c72a",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (NEW."id", NEW."is_open", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."set_at", NEW."set_by_id", NEW."year", NEW."zone_class"); RETURN NULL;',
                    hash="053731103e054dedfabaf457cecad635e0ec2297",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_80459",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="standingopening",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "assessments_standingopeningevent" ("id", "is_open", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "set_at", "set_by_id", "year", "zone_class") VALUES (OLD."id", OLD."is_open", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_code", OLD."set_at", OLD."set_by_id", OLD."year", OLD."zone_class"); RETURN NULL;',
                    hash="704099fc5556f5bedec63869a3ec4f952653b8b3",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_393da",
                    table="assessments_standingopening",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="proceeding",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "abandoned"), _negated=True),
                fields=("region_code", "zone_class", "year"),
                name="proceeding_once_a_year",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingopening",
            constraint=models.UniqueConstraint(
                fields=("region_code", "zone_class", "year"), name="standing_opening_once"
            ),
        ),
    ]
