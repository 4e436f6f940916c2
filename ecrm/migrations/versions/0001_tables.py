"""All tables of the design, section 3."""

import sqlalchemy as sa
import sqlalchemy.dialects.mysql  # noqa: F401 - makes sa.dialects.mysql there
from alembic import op

MOMENT = sa.DateTime().with_variant(sa.dialects.mysql.DATETIME(fsp=6), "mysql", "mariadb")

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('branch',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=10), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('city', sa.String(length=100), nullable=False),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('phone', sa.String(length=20), nullable=False),
        sa.Column('time_zone', sa.Enum('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura', name='time_zone', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_branch')),
        sa.UniqueConstraint('code', name=op.f('uq_branch_code')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('complaint_category',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('name_en', sa.String(length=100), nullable=False),
        sa.Column('priority', sa.SmallInteger(), nullable=False),
        sa.Column('response_hours', sa.Integer(), nullable=False),
        sa.Column('resolution_hours', sa.Integer(), nullable=False),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('priority BETWEEN 1 AND 4', name=op.f('ck_complaint_category_priority_known')),
        sa.CheckConstraint('response_hours > 0 AND resolution_hours >= response_hours', name=op.f('ck_complaint_category_targets_positive')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint_category')),
        sa.UniqueConstraint('code', name=op.f('uq_complaint_category_code')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('counter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=20), nullable=False),
        sa.Column('value', sa.Integer(), nullable=False),
        sa.CheckConstraint('value >= 0', name=op.f('ck_counter_value_not_negative')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_counter')),
        sa.UniqueConstraint('name', name=op.f('uq_counter_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('plan',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('down_mbps', sa.Integer(), nullable=False),
        sa.Column('up_mbps', sa.Integer(), nullable=False),
        sa.Column('monthly_price', sa.Integer(), nullable=False),
        sa.Column('on_sale', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('down_mbps > 0 AND up_mbps > 0', name=op.f('ck_plan_speed_positive')),
        sa.CheckConstraint('monthly_price >= 0', name=op.f('ck_plan_price_not_negative')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_plan')),
        sa.UniqueConstraint('code', name=op.f('uq_plan_code')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('promo',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=20), nullable=False),
        sa.Column('title', sa.String(length=150), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('picture_key', sa.String(length=100), nullable=True),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('audience', sa.Enum('everybody', 'new', 'existing', name='audience', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('published', sa.Boolean(), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('valid_until > valid_from', name=op.f('ck_promo_until_after_from')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_promo')),
        sa.UniqueConstraint('code', name=op.f('uq_promo_code')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('promo', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promo_published_valid_until'), ['published', 'valid_until'], unique=False)

    op.create_table('role',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=20), nullable=False),
        sa.Column('description', sa.String(length=200), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
        sa.UniqueConstraint('name', name=op.f('uq_role_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('coverage_area',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('postcode', sa.String(length=5), nullable=True),
        sa.Column('coverage', sa.Enum('covered', 'planned', 'not_covered', name='coverage', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_coverage_area_branch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_coverage_area')),
        sa.UniqueConstraint('branch_id', 'name', name=op.f('uq_coverage_area_branch_id_name')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('coverage_area', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_coverage_area_postcode'), ['postcode'], unique=False)

    op.create_table('promo_plan',
        sa.Column('promo_id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_promo_plan_plan_id')),
        sa.ForeignKeyConstraint(['promo_id'], ['promo.id'], name=op.f('fk_promo_plan_promo_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('promo_id', 'plan_id', name=op.f('pk_promo_plan')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('promo_plan', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_promo_plan_plan_id'), ['plan_id'], unique=False)

    op.create_table('user',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('phone', sa.String(length=20), nullable=True),
        sa.Column('language', sa.Enum('id', 'en', name='language', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=True),
        sa.Column('claimed_number', sa.String(length=20), nullable=True),
        sa.Column('active', sa.Boolean(), nullable=False),
        sa.Column('password', sa.String(length=255), nullable=True),
        sa.Column('fs_uniquifier', sa.String(length=64), nullable=False),
        sa.Column('confirmed_at', MOMENT, nullable=True),
        sa.Column('created_at', MOMENT, nullable=False),
        sa.Column('tf_primary_method', sa.String(length=64), nullable=True),
        sa.Column('tf_totp_secret', sa.String(length=255), nullable=True),
        sa.Column('mf_recovery_codes', sa.UnicodeText(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_user_branch_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_user')),
        sa.UniqueConstraint('email', name=op.f('uq_user_email')),
        sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_fs_uniquifier')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    op.create_table('customer',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('name', sa.String(length=100), nullable=False),
        sa.Column('identity_number', sa.String(length=16), nullable=True),
        sa.Column('phone', sa.String(length=20), nullable=False),
        sa.Column('email', sa.String(length=254), nullable=True),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('area_id', sa.Integer(), nullable=True),
        sa.Column('since', sa.Date(), nullable=False),
        sa.Column('status', sa.Enum('prospect', 'active', 'suspended', 'ended', name='customer_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('user_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['coverage_area.id'], name=op.f('fk_customer_area_id')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_customer_branch_id')),
        sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_customer_user_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_customer')),
        sa.UniqueConstraint('number', name=op.f('uq_customer_number')),
        sa.UniqueConstraint('user_id', name=op.f('uq_customer_user_id')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('customer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_customer_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_branch_id_status'), ['branch_id', 'status'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_email'), ['email'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_name'), ['name'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_phone'), ['phone'], unique=False)
        batch_op.create_index(batch_op.f('ix_customer_status_id'), ['status', 'id'], unique=False)

    op.create_table('roles_users',
        sa.Column('user_id', sa.Integer(), nullable=False),
        sa.Column('role_id', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_roles_users_role_id')),
        sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_roles_users_user_id'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('user_id', 'role_id', name=op.f('pk_roles_users')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('roles_users', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_roles_users_role_id'), ['role_id'], unique=False)

    op.create_table('step',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.Column('actor_id', sa.Integer(), nullable=True),
        sa.Column('via', sa.Enum('admin', 'portal', 'cli', name='via', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('table', sa.String(length=40), nullable=False),
        sa.Column('row_id', sa.Integer(), nullable=False),
        sa.Column('action', sa.String(length=20), nullable=False),
        sa.Column('from_status', sa.String(length=20), nullable=True),
        sa.Column('to_status', sa.String(length=20), nullable=True),
        sa.Column('reason', sa.String(length=500), nullable=True),
        sa.Column('before', sa.JSON(), nullable=False),
        sa.Column('after', sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(['actor_id'], ['user.id'], name=op.f('fk_step_actor_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_step')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('step', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_step_actor_id_at'), ['actor_id', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_step_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_step_table_action_at'), ['table', 'action', 'at'], unique=False)
        batch_op.create_index(batch_op.f('ix_step_table_row_id_id'), ['table', 'row_id', 'id'], unique=False)

    op.create_table('installation',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('applicant_name', sa.String(length=100), nullable=False),
        sa.Column('applicant_phone', sa.String(length=20), nullable=False),
        sa.Column('applicant_email', sa.String(length=254), nullable=True),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=True),
        sa.Column('area_id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('status', sa.Enum('registered', 'surveyed', 'not_covered', 'scheduled', 'installed', 'activated', 'cancelled', name='installation_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('registered_at', MOMENT, nullable=False),
        sa.Column('survey_result', sa.Text(), nullable=True),
        sa.Column('visit_at', MOMENT, nullable=True),
        sa.Column('technician_id', sa.Integer(), nullable=True),
        sa.Column('activated_at', MOMENT, nullable=True),
        sa.Column('report', sa.Text(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['area_id'], ['coverage_area.id'], name=op.f('fk_installation_area_id')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_installation_customer_id')),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_installation_plan_id')),
        sa.ForeignKeyConstraint(['technician_id'], ['user.id'], name=op.f('fk_installation_technician_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_installation')),
        sa.UniqueConstraint('number', name=op.f('uq_installation_number')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('installation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_installation_area_id'), ['area_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_installation_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_installation_status_registered_at'), ['status', 'registered_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_installation_technician_id_status_visit_at'), ['technician_id', 'status', 'visit_at'], unique=False)

    op.create_table('letter',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('to_email', sa.String(length=254), nullable=False),
        sa.Column('to_name', sa.String(length=100), nullable=False),
        sa.Column('language', sa.Enum('id', 'en', name='letter_language', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('template', sa.String(length=50), nullable=False),
        sa.Column('data', sa.JSON(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=True),
        sa.Column('state', sa.Enum('queued', 'sent', 'failed', name='letter_state', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('queued_at', MOMENT, nullable=False),
        sa.Column('sent_at', MOMENT, nullable=True),
        sa.Column('tries', sa.Integer(), nullable=False),
        sa.Column('next_try_at', MOMENT, nullable=True),
        sa.Column('last_error', sa.String(length=500), nullable=True),
        sa.Column('lease_owner', sa.String(length=64), nullable=True),
        sa.Column('lease_until', MOMENT, nullable=True),
        sa.CheckConstraint('tries >= 0', name=op.f('ck_letter_tries_not_negative')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_letter_customer_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_queued_at'), ['queued_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_state_next_try_at'), ['state', 'next_try_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_letter_to_email'), ['to_email'], unique=False)

    op.create_table('subscription',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('plan_id', sa.Integer(), nullable=False),
        sa.Column('address', sa.String(length=300), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=True),
        sa.Column('status', sa.Enum('active', 'suspended', 'ended', name='subscription_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('valid_until IS NULL OR valid_until > valid_from', name=op.f('ck_subscription_until_after_from')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_subscription_customer_id')),
        sa.ForeignKeyConstraint(['plan_id'], ['plan.id'], name=op.f('fk_subscription_plan_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_subscription')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('subscription', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subscription_customer_id'), ['customer_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subscription_plan_id'), ['plan_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subscription_status_id'), ['status', 'id'], unique=False)

    op.create_table('complaint',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('number', sa.String(length=20), nullable=False),
        sa.Column('token', sa.String(length=64), nullable=True),
        sa.Column('customer_id', sa.Integer(), nullable=False),
        sa.Column('branch_id', sa.Integer(), nullable=False),
        sa.Column('subscription_id', sa.Integer(), nullable=True),
        sa.Column('category_id', sa.Integer(), nullable=False),
        sa.Column('subject', sa.String(length=150), nullable=False),
        sa.Column('description', sa.Text(), nullable=False),
        sa.Column('channel', sa.Enum('portal', 'phone', 'email', 'whatsapp', 'counter', name='channel', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('priority', sa.SmallInteger(), nullable=False),
        sa.Column('status', sa.Enum('new', 'assigned', 'in_progress', 'waiting_customer', 'resolved', 'closed', 'cancelled', name='complaint_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('technician_id', sa.Integer(), nullable=True),
        sa.Column('opened_at', MOMENT, nullable=False),
        sa.Column('first_response_at', MOMENT, nullable=True),
        sa.Column('resolved_at', MOMENT, nullable=True),
        sa.Column('closed_at', MOMENT, nullable=True),
        sa.Column('response_due_at', MOMENT, nullable=False),
        sa.Column('resolution_due_at', MOMENT, nullable=False),
        sa.Column('response_hours', sa.Integer(), nullable=False),
        sa.Column('resolution_hours', sa.Integer(), nullable=False),
        sa.Column('waiting_since', MOMENT, nullable=True),
        sa.Column('waited_seconds', sa.Integer(), nullable=False),
        sa.Column('reopen_count', sa.Integer(), nullable=False),
        sa.Column('rating', sa.Integer(), nullable=True),
        sa.Column('rating_remark', sa.String(length=500), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('priority BETWEEN 1 AND 4', name=op.f('ck_complaint_priority_known')),
        sa.CheckConstraint('rating IS NULL OR rating BETWEEN 1 AND 5', name=op.f('ck_complaint_rating_1_to_5')),
        sa.CheckConstraint('reopen_count >= 0 AND waited_seconds >= 0', name=op.f('ck_complaint_counts_not_negative')),
        sa.CheckConstraint('resolution_due_at >= response_due_at', name=op.f('ck_complaint_due_in_order')),
        sa.ForeignKeyConstraint(['branch_id'], ['branch.id'], name=op.f('fk_complaint_branch_id')),
        sa.ForeignKeyConstraint(['category_id'], ['complaint_category.id'], name=op.f('fk_complaint_category_id')),
        sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_complaint_customer_id')),
        sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_complaint_subscription_id')),
        sa.ForeignKeyConstraint(['technician_id'], ['user.id'], name=op.f('fk_complaint_technician_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_complaint')),
        sa.UniqueConstraint('number', name=op.f('uq_complaint_number')),
        sa.UniqueConstraint('token', name=op.f('uq_complaint_token')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('complaint', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_complaint_branch_id_status_opened_at'), ['branch_id', 'status', 'opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_category_id_opened_at'), ['category_id', 'opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_customer_id_opened_at'), ['customer_id', 'opened_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_opened_at_id'), ['opened_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_resolved_at'), ['resolved_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_status_priority_resolution_due_at_id'), ['status', 'priority', 'resolution_due_at', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_subscription_id'), ['subscription_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_complaint_technician_id_status_priority_resolution_due_at'), ['technician_id', 'status', 'priority', 'resolution_due_at'], unique=False)

    op.create_table('bandwidth_grant',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('subscription_id', sa.Integer(), nullable=False),
        sa.Column('extra_mbps', sa.Integer(), nullable=False),
        sa.Column('valid_from', sa.Date(), nullable=False),
        sa.Column('valid_until', sa.Date(), nullable=False),
        sa.Column('reason', sa.Enum('loyalty', 'promo', 'compensation', name='grant_reason', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('note', sa.String(length=300), nullable=True),
        sa.Column('status', sa.Enum('draft', 'active', 'expired', 'revoked', name='grant_status', native_enum=False, create_constraint=True, length=20), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=True),
        sa.Column('granted_by_id', sa.Integer(), nullable=True),
        sa.Column('version', sa.Integer(), nullable=False),
        sa.CheckConstraint('extra_mbps > 0', name=op.f('ck_bandwidth_grant_mbps_positive')),
        sa.CheckConstraint('valid_until > valid_from', name=op.f('ck_bandwidth_grant_until_after_from')),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_bandwidth_grant_complaint_id')),
        sa.ForeignKeyConstraint(['granted_by_id'], ['user.id'], name=op.f('fk_bandwidth_grant_granted_by_id')),
        sa.ForeignKeyConstraint(['subscription_id'], ['subscription.id'], name=op.f('fk_bandwidth_grant_subscription_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_bandwidth_grant')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('bandwidth_grant', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bandwidth_grant_complaint_id'), ['complaint_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_bandwidth_grant_status_valid_until'), ['status', 'valid_until'], unique=False)
        batch_op.create_index(batch_op.f('ix_bandwidth_grant_subscription_id_status'), ['subscription_id', 'status'], unique=False)

    op.create_table('reply',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=False),
        sa.Column('author_id', sa.Integer(), nullable=True),
        sa.Column('public', sa.Boolean(), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.Column('at', MOMENT, nullable=False),
        sa.ForeignKeyConstraint(['author_id'], ['user.id'], name=op.f('fk_reply_author_id')),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_reply_complaint_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_reply')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('reply', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_reply_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_author_id'), ['author_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_reply_complaint_id'), ['complaint_id'], unique=False)

    op.create_table('attachment',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('complaint_id', sa.Integer(), nullable=False),
        sa.Column('reply_id', sa.Integer(), nullable=True),
        sa.Column('name', sa.String(length=150), nullable=False),
        sa.Column('media_type', sa.String(length=50), nullable=False),
        sa.Column('size', sa.Integer(), nullable=False),
        sa.Column('sha256', sa.String(length=64), nullable=False),
        sa.Column('storage_key', sa.String(length=100), nullable=False),
        sa.Column('by_id', sa.Integer(), nullable=True),
        sa.Column('at', MOMENT, nullable=False),
        sa.CheckConstraint('size > 0', name=op.f('ck_attachment_size_positive')),
        sa.ForeignKeyConstraint(['by_id'], ['user.id'], name=op.f('fk_attachment_by_id')),
        sa.ForeignKeyConstraint(['complaint_id'], ['complaint.id'], name=op.f('fk_attachment_complaint_id')),
        sa.ForeignKeyConstraint(['reply_id'], ['reply.id'], name=op.f('fk_attachment_reply_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_attachment')),
        mysql_charset='utf8mb4',
        mysql_engine='InnoDB'
    )
    with op.batch_alter_table('attachment', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attachment_complaint_id'), ['complaint_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_reply_id'), ['reply_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attachment_sha256'), ['sha256'], unique=False)



def downgrade():
    # A table takes its indexes along; MariaDB does not drop one alone that a foreign key needs.
    op.drop_table('attachment')
    op.drop_table('reply')
    op.drop_table('bandwidth_grant')
    op.drop_table('complaint')
    op.drop_table('subscription')
    op.drop_table('letter')
    op.drop_table('installation')
    op.drop_table('step')
    op.drop_table('roles_users')
    op.drop_table('customer')
    op.drop_table('user')
    op.drop_table('promo_plan')
    op.drop_table('coverage_area')
    op.drop_table('role')
    op.drop_table('promo')
    op.drop_table('plan')
    op.drop_table('counter')
    op.drop_table('complaint_category')
    op.drop_table('branch')
