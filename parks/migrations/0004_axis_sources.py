import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parks", "0003_lineage_in_full"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="regionaxis",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="regionaxis",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="regionaxis",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="regionaxis",
            name="quote",
            field=models.CharField(
                blank=True, help_text="文件自己点名这一地方的话", max_length=200, verbose_name="原文"
            ),
        ),
        migrations.AddField(
            model_name="regionaxis",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间"),
        ),
        migrations.AddField(
            model_name="regionaxis",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        migrations.AddField(
            model_name="regionaxishistory",
            name="quote",
            field=models.CharField(
                blank=True, help_text="文件自己点名这一地方的话", max_length=200, verbose_name="原文"
            ),
        ),
        migrations.AddField(
            model_name="regionaxishistory",
            name="recorded_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="登记时间"),
        ),
        migrations.AddField(
            model_name="regionaxishistory",
            name="recorded_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="登记人",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (NEW."axis", NEW."document", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quote", NEW."recorded_at", NEW."recorded_by_id", NEW."region_id"); RETURN NULL;',
                    hash="13ba3c0874c613c3492c0aa3af068eefe6e2659f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_99ced",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (NEW."axis", NEW."document", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quote", NEW."recorded_at", NEW."recorded_by_id", NEW."region_id"); RETURN NULL;',
                    hash="d9ed6c0392116020da49445f089e109945c01623",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d6a4a",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="regionaxis",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "parks_regionaxishistory" ("axis", "document", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quote", "recorded_at", "recorded_by_id", "region_id") VALUES (OLD."axis", OLD."document", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."quote", OLD."recorded_at", OLD."recorded_by_id", OLD."region_id"); RETURN NULL;',
                    hash="d42e7947f7d557d57e7b9479c0260da7596784a8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_d40ff",
                    table="parks_regionaxis",
                    when="AFTER",
                ),
            ),
        ),
    ]
