import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('deliveries', '0003_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='delivery',
            name='compared_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='delivery',
            name='deaths',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='delivery',
            name='turn',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='placesearch',
            name='deaths',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='placesearch',
            name='turn',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('lease_until', models.DateTimeField(blank=True, null=True)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('turn', models.PositiveIntegerField(default=0)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('deaths', models.PositiveSmallIntegerField(default=0)),
                ('progress_stage', models.CharField(blank=True, max_length=20)),
                ('progress_done', models.PositiveIntegerField(default=0)),
                ('progress_total', models.PositiveIntegerField(default=0)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('precheck', 'verifica senza accesso'), ('return_file', 'file di ritorno')], max_length=12)),
                ('key', models.CharField(max_length=120)),
                ('asked', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('error_reference', models.CharField(blank=True, max_length=12)),
            ],
            options={
                'verbose_name': 'lavoro in coda',
                'verbose_name_plural': 'lavori in coda',
                'indexes': [models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['kind', 'lease_until'], name='errand_open_idx')],
                'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='errand_once')],
            },
        ),
    ]
