import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from common.migrating import first_province


class Migration(migrations.Migration):
    dependencies = [
        ("policy", "0003_versions_and_terms"),
        ("indicators", "0010_rules_and_series_of_a_province"),
        ("parks", "0003_lineage_in_full"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="round",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="round",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="round",
            name="round_once_a_period",
        ),
        migrations.AddField(
            model_name="round",
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
            model_name="roundevent",
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
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "indicators_roundevent" ("closes_on", "due_on", "frequency", "id", "levels", "name", "opens_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "reminder_days", "review_steps", "status", "year", "zone_classes") VALUES (NEW."closes_on", NEW."due_on", NEW."frequency", NEW."id", NEW."levels", NEW."name", NEW."opens_on", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."reminder_days", NEW."review_steps", NEW."status", NEW."year", NEW."zone_classes"); RETURN NULL;',
                    hash="a84b38dc0d1d5adeb50c1c06e124813c0b1889bf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_69a52",
                    table="indicators_round",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="round",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "indicators_roundevent" ("closes_on", "due_on", "frequency", "id", "levels", "name", "opens_on", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "reminder_days", "review_steps", "status", "year", "zone_classes") VALUES (NEW."closes_on", NEW."due_on", NEW."frequency", NEW."id", NEW."levels", NEW."name", NEW."opens_on", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."reminder_days", NEW."review_steps", NEW."status", NEW."year", NEW."zone_classes"); RETURN NULL;',
                    hash="c9499fd7fcf165013d7a5a58a9dc181e3971e245",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_623f5",
                    table="indicators_round",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.UniqueConstraint(fields=("region_code", "period", "name"), name="round_once_a_period"),
        ),
    ]
