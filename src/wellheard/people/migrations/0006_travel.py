from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0005_place_merges")]

    operations = [
        migrations.AddField(
            model_name="visit",
            name="travel",
            field=models.CharField(blank=True, default="", max_length=12),
            preserve_default=False,
        ),
    ]
