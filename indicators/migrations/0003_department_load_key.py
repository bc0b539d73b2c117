import django.conf
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0002_collection_in_depth"),
        migrations.swappable_dependency(django.conf.settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="departmentload",
            name="idempotency_key",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="幂等键"),
        ),
        migrations.AddConstraint(
            model_name="departmentload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("idempotency_key", ""), _negated=True),
                fields=("created_by", "idempotency_key"),
                name="department_load_once_a_key",
            ),
        ),
    ]
